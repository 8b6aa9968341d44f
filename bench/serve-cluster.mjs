/** Nodes of `quorate serve` as processes, on loopback unless a network is given, and a client for them: what the benchmarks of it share. */
import { spawn } from 'node:child_process'
import { appendFileSync, closeSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { encodeCommand } from '../dist/src/serve/resp/reply.js'
import { replyReader } from '../dist/src/serve/resp/replies.js'

export const command = fileURLToPath(new URL('../dist/src/cli/main.js', import.meta.url))
export const host = '127.0.0.1'

export const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds))

/** Ports that are free now, all different. */
export const freePorts = async (count) => {
  const servers = await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise((resolve) => {
          const server = createServer().listen(0, host, () => resolve(server))
        })
    )
  )
  const ports = servers.map((server) => server.address().port)
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  return ports
}

/**
 * A connection of a client. `call` resolves to a reply, or to an `Error` whose `sent` tells whether the command had left; it
 * never rejects.
 */
export const client = (port, at = host) => {
  const socket = connect({ host: at, port, noDelay: true })
  const reader = replyReader()
  let open = []
  let isUp = false
  let isOver = false
  const end = () => {
    isOver = true
    const lost = open
    open = []
    for (const resolve of lost) resolve(Object.assign(new Error('the connection is lost'), { sent: isUp }))
  }
  socket.on('connect', () => {
    isUp = true
  })
  socket.on('error', () => undefined)
  socket.on('close', end)
  socket.on('data', (chunk) => {
    reader.push(chunk)
    for (let next = reader.next(); next._tag === 'Right' && next.right !== undefined; next = reader.next())
      open.shift()?.(next.right)
  })
  return {
    isOver: () => isOver,
    call: (...words) =>
      new Promise((resolve) => {
        if (isOver) return resolve(Object.assign(new Error('the connection is lost'), { sent: false }))
        open.push(resolve)
        return socket.write(encodeCommand(words), 'latin1')
      }),
    close: () => socket.destroy()
  }
}

/** What a node says of itself; null where it says nothing. */
const health = async (node) => {
  try {
    const answer = await fetch(`http://${node.host}:${node.http}/health`, { signal: AbortSignal.timeout(2000) })
    return await answer.json()
  } catch {
    return null
  }
}

const places = (nodes) => nodes.map(({ id, host: at, peer, client: port }) => `${id}=${at}:${peer}/${port}`).join(',')

/** All nodes on loopback, in the network of this process. */
export const loopback = { host: () => host, peers: (_node, nodes) => places(nodes), within: (_node, words) => words }

/**
 * Nodes n1, n2 and so on, none of them started. Each writes its log to `folder`.
 *
 * @param network says by its number where a node is, what it is told of where the others are, and by which words a program
 *   is started there
 */
export const nodesIn = async (folder, count, options, network = loopback) => {
  mkdirSync(folder, { recursive: true })
  const ports = await freePorts(3 * count)
  const nodes = Array.from({ length: count }, (_, index) => ({
    id: `n${index + 1}`,
    host: network.host(index),
    peer: ports[3 * index],
    client: ports[3 * index + 1],
    http: ports[3 * index + 2],
    child: null
  }))
  const start = (node, more = []) => {
    const log = openSync(join(folder, `${node.id}.log.jsonl`), 'a')
    const own = ['--id', node.id, '--listen', `${node.host}:${node.peer}`, '--data', join(folder, node.id)]
    const reach = ['--client-port', String(node.client), '--http-port', String(node.http)]
    const peers = ['--peers', network.peers(node, nodes)]
    const words = [process.execPath, command, 'serve', ...own, ...reach, ...peers, ...options, ...more]
    const [program, ...given] = network.within(node, words)
    node.child = spawn(program, given, { stdio: ['ignore', log, log] })
    closeSync(log)
    node.gone = new Promise((resolve) => {
      node.child.once('exit', (status, signal) => {
        node.child = null
        resolve(status ?? signal)
      })
    })
  }
  const healths = () => Promise.all(nodes.filter(({ child }) => child !== null).map(health))
  /** Waits until this holds of the healths of all that run; false where it does not in time. */
  const until = async (holds, withinMs = 60_000) => {
    const latest = performance.now() + withinMs
    while (performance.now() < latest) {
      const all = await healths()
      if (all.every((one) => one !== null) && holds(all)) return true
      await pause(100)
    }
    return false
  }
  return {
    nodes,
    start,
    health,
    until,
    leader: async () => {
      const all = await Promise.all(nodes.map(health))
      return nodes[all.findIndex((one) => one?.role === 'leader')] ?? null
    },
    kill: async (node) => {
      node.child?.kill('SIGKILL')
      await node.gone
    },
    /** Ends all in good order; how each of them ended. */
    stop: async () => {
      const running = nodes.filter(({ child }) => child !== null)
      for (const { child } of running) child.kill('SIGTERM')
      return Promise.all(running.map(({ gone }) => gone))
    },
    /** Whatever may have happened: nothing is left running. */
    abandon: () => {
      for (const { child } of nodes) child?.kill('SIGKILL')
    }
  }
}

const ticksPerSecond = 100

/** CPU time of a process so far, in microseconds, where the system tells (Linux). */
export const cpuOf = (pid) => {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ')
  return ((Number(fields[11]) + Number(fields[12])) / ticksPerSecond) * 1e6
}

/** A history of clients, as `quorate judge` reads it. Each process makes one call at a time. */
export const historyTo = (file) => {
  let calls = 0
  return {
    calls: () => calls,
    say: (record) => {
      calls += record.type === 'invoke' ? 1 : 0
      appendFileSync(file, `${JSON.stringify({ ...record, time: Math.round(performance.now() * 1e6) })}\n`)
    }
  }
}
