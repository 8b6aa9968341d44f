/**
 * Partitions a live cluster at random, again and again, under load, and judges what clients saw and what nodes did:
 * `npm run build && node bench/partitions.mjs [partitions] [nodes] [seconds at most]`. Set QUORATE_KEEP to a folder to keep everything.
 *
 * As root on Linux, each node runs in a network namespace; elsewhere, and with QUORATE_PROXIES=1, connections of nodes go through
 * this process. Clients reach every node all the time, so a leader that is cut off is asked, too. After each partition every
 * node must take a write within ten seconds; at the end it is as with the kill loop.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process, { argv, env, stdout } from 'node:process'
import { askForAll, fail, isEven, knowLeader, loadOn, outcomeOf, pick, quantile, validate } from './judged-load.mjs'
import { inNamespaces, namespaces, proxied } from './networks.mjs'
import { client, nodesIn, pause } from './serve-cluster.mjs'

const times = Number(argv[2] ?? 20)
const count = Number(argv[3] ?? 3)
const mostSeconds = Number(argv[4] ?? 3600)
const recoveryMs = 10_000

const network = env.QUORATE_PROXIES !== '1' && inNamespaces() ? namespaces(count) : proxied()
const folder = env.QUORATE_KEEP ?? mkdtempSync(join(tmpdir(), 'quorate-partitions-'))
const recordings = join(folder, 'recordings')
mkdirSync(recordings, { recursive: true })
const options = [
  ...['--record', recordings, '--snapshot-every', '500', '--election', '400', '--segment', '1m'],
  ...['--deadline', '4000']
]
const { nodes, start, until, leader, stop, abandon } = await nodesIn(folder, count, options, network)
await network.open(nodes)
process.on('exit', abandon)
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1))

const others = (node) => nodes.filter((other) => other !== node)
const shuffled = () => nodes.toSorted(() => Math.random() - 0.5)
const apart = (ones, rest) => {
  for (const one of ones)
    for (const other of rest) {
      network.cut(one, other)
      network.cut(other, one)
    }
}
/** From 0.5 to 4 seconds; one in eight lasts until connections are given up, and beyond. */
const length = () => (Math.random() < 0.125 ? 12_000 : 500 + Math.random() * 3500)

/** Each is in force when it resolves to how long it is to last yet, in milliseconds. */
const partitions = {
  'the leader is cut off': (leading) => {
    apart([leading], others(leading))
    return length()
  },
  'the leader is not heard': (leading) => {
    for (const other of others(leading)) network.cut(leading, other)
    return length()
  },
  'the leader does not hear': (leading) => {
    for (const other of others(leading)) network.cut(other, leading)
    return length()
  },
  'majority and minority': () => {
    const all = shuffled()
    const minority = 1 + Math.floor(Math.random() * Math.floor((count - 1) / 2))
    apart(all.slice(0, minority), all.slice(minority))
    return length()
  },
  'nobody has a majority': () => {
    apart([nodes[0]], others(nodes[0]))
    apart([nodes[1]], others(nodes[1]))
    if (count > 3) apart([nodes[2]], others(nodes[2]))
    return length()
  },
  'one bridges two sides': () => {
    const [, ...rest] = shuffled()
    apart(rest.slice(0, rest.length / 2), rest.slice(rest.length / 2))
    return length()
  },
  'links at random, one way each': () => {
    for (const from of nodes) for (const to of others(from)) if (Math.random() < 0.4) network.cut(from, to)
    return length()
  },
  'the leader flaps': async (leading) => {
    for (let turn = 0; turn < 8; turn++) {
      apart([leading], others(leading))
      await pause(100 + Math.random() * 400)
      network.healAll()
      await pause(100 + Math.random() * 400)
    }
    return 0
  }
}

for (const node of nodes) start(node)
if (!(await until(knowLeader))) {
  fail('no leader was elected')
  process.exit()
}
/** Until every node has taken a write, or the time is over. */
const recovered = async (from) => {
  const write = async (node) => {
    while (performance.now() < from + recoveryMs) {
      const connection = client(node.client, node.host)
      const reply = await Promise.race([connection.call('SET', `probe.${node.id}`, String(from)), pause(recoveryMs)])
      connection.close()
      if (outcomeOf(reply ?? new Error('late')) === 'ok') return
      await pause(20)
    }
    fail(`${recoveryMs} ms after the network was healed, ${node.id} takes no writes`)
  }
  await Promise.all(nodes.map(write))
  return performance.now() - from
}

const { tally, acknowledged, stop: endLoad } = loadOn(nodes, recordings)
const latest = performance.now() + mostSeconds * 1000
const kinds = Object.keys(partitions)
const recoveries = Object.fromEntries(kinds.map((kind) => [kind, []]))
let done = 0
let stillServed = 0
while (done < times && performance.now() < latest) {
  await pause(300 + Math.random() * 700)
  const kind = kinds[done % kinds.length]
  const before = tally.ok
  await pause(await partitions[kind]((await leader()) ?? pick(nodes)))
  stillServed += tally.ok > before + 20 ? 1 : 0
  network.healAll()
  recoveries[kind].push(await recovered(performance.now()))
  done += 1
}
await endLoad()
if (!(await until(isEven, 30_000))) fail('a node does not catch up')

stdout.write(
  `${done} partitions of ${count} nodes by ${network.name}; ${tally.ok} calls answered, ${tally.fail} refused, ` +
    `${tally.info} unknown; during ${stillServed} of them more than 20 were answered\n`
)
for (const [kind, took] of Object.entries(recoveries))
  stdout.write(
    `  ${kind}: ${took.length} times, all nodes took writes again within ${quantile(took, 0.5)} (median), ${quantile(took, 1)} (most)\n`
  )
await askForAll(nodes, acknowledged)
const ends = await stop()
if (ends.some((status) => status !== 0)) fail(`they did not end in good order: ${ends.join(', ')}`)
validate(recordings)
if (env.QUORATE_KEEP === undefined) rmSync(folder, { recursive: true })
// Proxies listen on.
process.exit()
