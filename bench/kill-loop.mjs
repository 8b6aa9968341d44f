/**
 * Kills nodes of a live cluster with SIGKILL, again and again, under load, and judges what clients saw and what nodes did:
 * `npm run build && node bench/kill-loop.mjs [kills] [seconds at most]`. Set QUORATE_KEEP to a folder to keep everything.
 *
 * Eight clients write, append and read on whatever node they have a connection to. One of two victims is the leader. At the
 * end, every write that was acknowledged and never overwritten must be there; the histories must be linearizable; and what
 * the nodes recorded must replay, and keep the properties of Raft.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process, { argv, env, stdout } from 'node:process'
import { askForAll, fail, isEven, knowLeader, loadOn, pick, quantile, validate } from './judged-load.mjs'
import { nodesIn, pause } from './serve-cluster.mjs'

const kills = Number(argv[2] ?? 20)
const mostSeconds = Number(argv[3] ?? 3600)

const folder = env.QUORATE_KEEP ?? mkdtempSync(join(tmpdir(), 'quorate-kill-'))
const recordings = join(folder, 'recordings')
mkdirSync(recordings, { recursive: true })
const { nodes, start, kill, until, leader, stop, abandon } = await nodesIn(folder, 3, [
  ...['--record', recordings, '--snapshot-every', '500', '--election', '400', '--segment', '1m'],
  ...['--deadline', '4000']
])
process.on('exit', abandon)
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1))

for (const node of nodes) start(node)
if (!(await until(knowLeader))) {
  fail('no leader was elected')
  process.exit()
}
const { tally, acknowledged, stop: endLoad } = loadOn(nodes, recordings)
const latest = performance.now() + mostSeconds * 1000
let done = 0
let leaders = 0
const stalls = []
while (done < kills && performance.now() < latest) {
  await pause(300 + Math.random() * 700)
  const current = await leader()
  const victim = Math.random() < 0.5 && current !== null ? current : pick(nodes)
  leaders += victim === current ? 1 : 0
  const before = tally.ok
  await kill(victim)
  const killed = performance.now()
  done += 1
  // Writes go on without it.
  while (tally.ok < before + 20 && performance.now() < killed + 30_000) await pause(10)
  if (tally.ok < before + 20) fail(`30 s after ${victim.id} was killed, nothing goes on`)
  stalls.push(performance.now() - killed)
  await pause(Math.random() * 300)
  start(victim)
  if (!(await until(knowLeader))) fail(`${victim.id} does not come back`)
}
await pause(300)
await endLoad()
if (!(await until(isEven, 30_000))) fail('a node does not catch up')

stdout.write(
  `${done} kills, ${leaders} of leaders; ${tally.ok} calls answered, ${tally.fail} refused, ${tally.info} unknown; ` +
    `20 more were answered within ${quantile(stalls, 0.5)} of a kill (median), ${quantile(stalls, 0.99)} (p99)\n`
)
await askForAll(nodes, acknowledged)
const ends = await stop()
if (ends.some((status) => status !== 0)) fail(`they did not end in good order: ${ends.join(', ')}`)
validate(recordings)
if (env.QUORATE_KEEP === undefined) rmSync(folder, { recursive: true })
