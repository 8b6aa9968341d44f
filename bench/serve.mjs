/**
 * `quorate serve` under load, beside what people would otherwise pick: `npm run build && node bench/serve.mjs`, with
 * `--seconds 4` per measurement, `--rounds 3` of all of them, `--warm 10` seconds with four in flight before, and
 * `--settings write:1,write:64,write:256,read:64`. Each figure is the median of the rounds, and the systems take turns within
 * each. docs/SERVE.md tells how to read the table.
 *
 * Three nodes on loopback, all durable before they answer; every connection has one command in flight, to the leader; values
 * of 100 bytes, 10,000 keys. Beside it, where they are on the PATH: etcd, three nodes, over gRPC; redis-server, one node,
 * with its append-only file synced before it answers (appendfsync always). Client and servers share the machine, so throughput is that of
 * both; CPU is that of the servers alone, all processes of them.
 */
import { spawn, spawnSync } from 'node:child_process'
import { connect as connectHttp2 } from 'node:http2'
import { mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import process, { cpuUsage, stdout } from 'node:process'
import { parseArgs } from 'node:util'
import { client, cpuOf, freePorts, host, nodesIn, pause } from './serve-cluster.mjs'

const { values: given } = parseArgs({
  options: {
    seconds: { type: 'string', default: '4' },
    rounds: { type: 'string', default: '3' },
    warm: { type: 'string', default: '10' },
    settings: { type: 'string', default: 'write:1,write:64,write:256,read:64' }
  }
})
const [seconds, rounds, warm] = [Number(given.seconds), Number(given.rounds), Number(given.warm)]
const value = 'x'.repeat(100)
const keyOf = () => `key:${Math.floor(Math.random() * 10_000)}`

const folder = mkdtempSync(join(tmpdir(), 'quorate-bench-'))
const running = []
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

/** What is compiled while it runs is measured when it is. All systems alike. */
const warmed = async ({ port, over }) => {
  const { callers, close } = over(port, 4)
  const until = performance.now() + warm * 1000
  await Promise.all(
    callers(true).map(async (call) => {
      while (performance.now() < until) await call()
    })
  )
  close()
}

/** @param callers functions that make one call each, and reject where it fails */
const measured = async (callers, pids) => {
  const latencies = []
  const watch = { isOver: false }
  const loop = async (call) => {
    while (!watch.isOver) {
      const began = performance.now()
      await call()
      latencies.push(performance.now() - began)
    }
  }
  const loops = callers.map(loop)
  await pause(1000)
  latencies.length = 0
  const cpu = () => pids.reduce((sum, pid) => sum + cpuOf(pid), 0)
  const [before, own, began] = [cpu(), cpuUsage(), performance.now()]
  await pause(seconds * 1000)
  const [spent, ownSpent, took] = [cpu() - before, cpuUsage(own), (performance.now() - began) / 1000]
  const done = latencies.length
  watch.isOver = true
  await Promise.all(loops)
  const sorted = latencies.slice(0, done).toSorted((a, b) => a - b)
  const at = (share) => sorted[Math.floor(share * sorted.length)] ?? NaN
  return {
    perSecond: done / took,
    p50: at(0.5),
    p99: at(0.99),
    cpu: spent / done,
    clientCpu: (ownSpent.user + ownSpent.system) / done
  }
}

const overResp = (port, count) => {
  const connections = Array.from({ length: count }, () => client(port))
  return {
    callers: (isWrite) =>
      connections.map((connection) => async () => {
        const words = isWrite ? ['SET', keyOf(), value] : ['GET', keyOf()]
        const reply = await connection.call(...words)
        if (reply instanceof Error || reply?.error !== undefined) throw new Error(reply.error ?? reply.message)
      }),
    close: () => connections.forEach((connection) => connection.close())
  }
}

// etcd ---------------------------------------------------------------------------------------------------------------

/** A field of a protocol buffer that holds bytes. */
const field = (number, text) => Buffer.concat([Buffer.from([(number << 3) | 2, text.length]), Buffer.from(text)])
/** A message as gRPC frames it: not compressed, then its length. */
const grpc = (...fields) => {
  const body = Buffer.concat(fields)
  const head = Buffer.alloc(5)
  head.writeUInt32BE(body.length, 1)
  return Buffer.concat([head, body])
}

const overGrpc = (port, count) => {
  // A connection per eight callers: HTTP/2 carries many calls over one.
  const sessions = Array.from({ length: Math.ceil(count / 8) }, () => connectHttp2(`http://${host}:${port}`))
  const headers = { ':method': 'POST', 'content-type': 'application/grpc', te: 'trailers' }
  const call = (session, path, body) =>
    new Promise((resolve, reject) => {
      const stream = session.request({ ...headers, ':path': path })
      stream.on('trailers', (trailers) =>
        trailers['grpc-status'] === '0' ? undefined : reject(new Error(String(trailers['grpc-message'])))
      )
      stream.on('error', reject)
      stream.on('end', resolve)
      stream.resume()
      stream.end(body)
    })
  return {
    callers: (isWrite) =>
      Array.from({ length: count }, (_, index) => () => {
        const session = sessions[index % sessions.length]
        return isWrite
          ? call(session, '/etcdserverpb.KV/Put', grpc(field(1, keyOf()), field(2, value)))
          : call(session, '/etcdserverpb.KV/Range', grpc(field(1, keyOf())))
      }),
    close: () => sessions.forEach((session) => session.close())
  }
}

const isInstalled = (program) => spawnSync('which', [program]).status === 0

const statusOf = async ({ port }) => {
  const answer = await fetch(`http://${host}:${port}/v3/maintenance/status`, { method: 'POST', body: '{}' })
  return answer.json()
}

const etcd = async () => {
  const ports = await freePorts(6)
  const members = ['e1', 'e2', 'e3'].map((name, index) => ({
    name,
    peer: ports[2 * index],
    port: ports[2 * index + 1]
  }))
  const all = members.map(({ name, peer }) => `${name}=http://${host}:${peer}`).join(',')
  for (const member of members) {
    const [peers, clients] = [`http://${host}:${member.peer}`, `http://${host}:${member.port}`]
    const words = [
      ...['--name', member.name, '--data-dir', join(folder, member.name), '--initial-cluster', all],
      ...['--listen-peer-urls', peers, '--initial-advertise-peer-urls', peers],
      ...[
        '--listen-client-urls',
        clients,
        '--advertise-client-urls',
        clients,
        '--logger',
        'zap',
        '--log-level',
        'error'
      ]
    ]
    member.child = spawn('etcd', words, { stdio: 'ignore' })
    running.push(member.child)
  }
  for (;;) {
    await pause(200)
    try {
      const statuses = await Promise.all(members.map(statusOf))
      const leader = statuses.findIndex(({ leader: id, header }) => id !== undefined && id === header.member_id)
      if (leader !== -1) return { port: members[leader].port, pids: members.map(({ child }) => child.pid) }
    } catch {
      // Not all of them listen yet.
    }
  }
}

const redis = async () => {
  const [port] = await freePorts(1)
  const durable = ['--appendonly', 'yes', '--appendfsync', 'always', '--save', '']
  const child = spawn('redis-server', ['--port', String(port), '--dir', folder, ...durable], { stdio: 'ignore' })
  running.push(child)
  await pause(1000)
  return { port, pids: [child.pid] }
}

const ours = async () => {
  const { nodes, start, until, leader } = await nodesIn(join(folder, 'ours'), 3, ['--log-level', 'warn'])
  for (const node of nodes) {
    start(node)
    running.push(node.child)
  }
  await until((all) => all.every((one) => one.leader !== ''))
  return { port: (await leader()).client, pids: nodes.map(({ child }) => child.pid) }
}

// ---------------------------------------------------------------------------------------------------------------------

const systems = [
  ['quorate serve, 3 nodes', ours, overResp],
  ...(isInstalled('etcd') ? [['etcd, 3 nodes', etcd, overGrpc]] : []),
  ...(isInstalled('redis-server') ? [['redis, 1 node, AOF always', redis, overResp]] : [])
]
const settings = given.settings.split(',').map((setting) => {
  const [kind, count] = setting.split(':')
  return { kind, isWrite: kind === 'write', count: Number(count) }
})

const say = (line) => stdout.write(`${line}\n`)
say(`${availableParallelism()} cores, load ${loadavg()[0].toFixed(1)} before it began, ${rounds} x ${seconds} s each\n`)
if (systems.length === 1) say('neither etcd nor redis-server is on the PATH: it is measured alone\n')
const up = []
for (const [name, start, over] of systems) up.push({ name, over, ...(await start()) })
for (const system of up) await warmed(system)

const fields = ['perSecond', 'p50', 'p99', 'cpu', 'clientCpu']
const median = (list) => list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)]
const medians = (all) => Object.fromEntries(fields.map((key) => [key, median(all.map((one) => one[key]))]))

say('| | in flight | per second | p50 ms | p99 ms | CPU µs/op, servers | client |')
say('|---|---|---|---|---|---|---|')
const results = []
for (const { kind, isWrite, count } of settings) {
  const found = up.map(() => [])
  // Side by side: what else the machine does then weighs on all of them.
  for (let round = 0; round < rounds; round += 1)
    for (const [place, { port, pids, over }] of up.entries()) {
      const { callers, close } = over(port, count)
      found[place].push(await measured(callers(isWrite), pids))
      close()
    }
  const here = found.map(medians)
  results.push({ kind, count, here, found })
  for (const [place, { name }] of up.entries()) {
    const { perSecond, p50, p99, cpu, clientCpu } = here[place]
    say(
      `| ${name}, ${kind}s | ${count} | ${Math.round(perSecond).toLocaleString('en')} | ` +
        `${p50.toFixed(2)} | ${p99.toFixed(2)} | ${cpu.toFixed(0)} | ${clientCpu.toFixed(0)} |`
    )
  }
}

/** Of each round by itself: what both had to put up with cancels out. */
const by = (found, other, key) => median(found.map((one, round) => one[key] / other[round][key])).toFixed(2)
for (const [place, { name }] of up.entries()) {
  if (place === 0) continue
  say(`\n${up[0].name} by ${name}, median of the rounds:\n`)
  say('| | in flight | per second | p50 | p99 | CPU, servers |')
  say('|---|---|---|---|---|---|')
  for (const { kind, count, found } of results) {
    const ratios = ['perSecond', 'p50', 'p99', 'cpu'].map((key) => by(found[0], found[place], key))
    say(`| ${kind}s | ${count} | ${ratios.join(' | ')} |`)
  }
}
process.exit()
