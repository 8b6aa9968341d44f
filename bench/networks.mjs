/**
 * Networks whose links can be cut one way, for the loops that torment a live cluster. A cut is silent: what is sent is gone, and
 * nobody is told.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import process, { argv, env } from 'node:process'
import { freePorts, host as loopbackHost } from './serve-cluster.mjs'

const mark = 'QUORATE_NAMESPACES'

/**
 * Runs this program again in a network of its own, where the system lets us. True in there, and false where it does not; the
 * outer process ends with the status of the inner one.
 */
export const inNamespaces = () => {
  if (env[mark] === '1') return true
  const probe = spawnSync('unshare', ['--net', '--mount', 'ip', 'link', 'add', 'probe', 'type', 'bridge'])
  if (probe.status !== 0) return false
  const inner = spawnSync('unshare', ['--net', '--mount', process.execPath, ...argv.slice(1)], {
    stdio: 'inherit',
    env: { ...env, [mark]: '1' }
  })
  return process.exit(inner.status ?? 1)
}

const nobody = '02:00:00:00:00:fe'
const addressOf = (index) => `10.77.0.${index + 1}`

const ip = (...words) => execFileSync('ip', words, { stdio: ['ignore', 'ignore', 'pipe'] })

/**
 * A network namespace for each node, on a bridge on which clients are, too. A link is cut by telling its sender a hardware
 * address of the receiver that nobody has.
 */
export const namespaces = (count) => {
  mkdirSync('/run/netns', { recursive: true })
  execFileSync('mount', ['-t', 'tmpfs', 'none', '/run/netns'])
  ip('link', 'set', 'lo', 'up')
  ip('link', 'add', 'br0', 'type', 'bridge')
  ip('addr', 'add', '10.77.0.254/24', 'dev', 'br0')
  ip('link', 'set', 'br0', 'up')
  for (let index = 0; index < count; index++) {
    const [name, outside] = [`n${index + 1}`, `v${index + 1}`]
    ip('netns', 'add', name)
    ip('link', 'add', outside, 'type', 'veth', 'peer', 'name', 'e0', 'netns', name)
    ip('link', 'set', outside, 'master', 'br0', 'up')
    ip('-n', name, 'addr', 'add', `${addressOf(index)}/24`, 'dev', 'e0')
    for (const device of ['e0', 'lo']) ip('-n', name, 'link', 'set', device, 'up')
  }
  const cuts = new Set()
  return {
    name: 'network namespaces',
    host: addressOf,
    peers: (_node, nodes) => nodes.map(({ id, host, peer, client }) => `${id}=${host}:${peer}/${client}`).join(','),
    within: ({ id }, words) => ['ip', 'netns', 'exec', id, ...words],
    open: async () => undefined,
    cut: (from, to) => {
      cuts.add(`${from.id} ${to.host}`)
      ip('-n', from.id, 'neigh', 'replace', to.host, 'lladdr', nobody, 'dev', 'e0', 'nud', 'permanent')
    },
    healAll: () => {
      for (const cut of cuts) {
        const [id, host] = cut.split(' ')
        ip('-n', id, 'neigh', 'del', host, 'dev', 'e0')
      }
      cuts.clear()
    }
  }
}

const name = (from, to) => `${from.id}>${to.id}`

/**
 * A way through this process for every ordered pair of nodes. What comes over a link that is cut waits until it is healed, as
 * segments do that TCP sends again; a connection that is made meanwhile opens, and nothing comes through.
 */
export const proxied = () => {
  const cuts = new Set()
  const held = new Set()
  const links = new Map()
  /** Hands on what comes from one socket to another, while the link is not cut. */
  const flow = (source, target, link) => {
    const pull = () => {
      if (cuts.has(link)) return
      for (let chunk = source.read(); chunk !== null; chunk = source.read())
        if (!target.write(chunk)) {
          target.once('drain', pull)
          return
        }
    }
    held.add(pull)
    source.on('readable', pull)
    source.on('error', () => source.destroy())
    // Nor does anybody hear that the other end is gone.
    const end = () => {
      held.delete(pull)
      held.delete(end)
      if (cuts.has(link)) held.add(end)
      else target.destroy()
    }
    source.on('close', end)
  }
  const listen = (from, to, port, at) =>
    new Promise((resolve) => {
      const server = createServer((near) => {
        const far = connect({ host: loopbackHost, port, noDelay: true })
        near.setNoDelay(true)
        flow(near, far, name(from, to))
        flow(far, near, name(to, from))
      })
      server.listen(at, loopbackHost, resolve)
    })

  return {
    name: 'proxies',
    host: () => loopbackHost,
    peers: (node, nodes) =>
      nodes
        .filter((other) => other !== node)
        .map((other) => `${other.id}=${loopbackHost}:${links.get(name(node, other)).join('/')}`)
        .join(','),
    within: (_node, words) => words,
    /** Called once, before the nodes are started. */
    open: async (nodes) => {
      for (const from of nodes)
        for (const to of nodes.filter((other) => other !== from)) {
          const ports = await freePorts(2)
          links.set(name(from, to), ports)
          await listen(from, to, to.peer, ports[0])
          await listen(from, to, to.client, ports[1])
        }
    },
    cut: (from, to) => void cuts.add(name(from, to)),
    healAll: () => {
      cuts.clear()
      for (const goOn of [...held]) goOn()
    }
  }
}
