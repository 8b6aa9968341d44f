/**
 * Kills nodes of a live cluster with SIGKILL, again and again, under load, and judges what clients saw and what nodes did:
 * `npm run build && node bench/kill-loop.mjs [kills] [seconds at most]`. Set QUORATE_KEEP to a folder to keep everything.
 *
 * Eight clients write, append and read on whatever node they have a connection to. One of two victims is the leader. At the
 * end, every write that was acknowledged and never overwritten must be there; the histories must be linearizable; and what
 * the nodes recorded must replay, and keep the properties of Raft.
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process, { argv, env, stdout } from 'node:process'
import { fileURLToPath } from 'node:url'
import { client, command, historyTo, nodesIn, pause } from './serve-cluster.mjs'

const kills = Number(argv[2] ?? 20)
const mostSeconds = Number(argv[3] ?? 3600)
const clients = 8
/** How many calls of the history speak of one key, about: judging takes time that grows with it. */
const callsPerKey = 400
/** What is pipelined nowhere: each client waits a little, so that recordings stay small. In milliseconds. */
const thinking = 4

const folder = env.QUORATE_KEEP ?? mkdtempSync(join(tmpdir(), 'quorate-kill-'))
const recordings = join(folder, 'recordings')
mkdirSync(recordings, { recursive: true })
const { nodes, start, kill, until, leader, stop, abandon } = await nodesIn(folder, 3, [
  ...['--record', recordings, '--snapshot-every', '500', '--election', '400', '--segment', '1m'],
  ...['--deadline', '4000']
])
process.on('exit', abandon)

const history = historyTo(join(recordings, 'clients.history.jsonl'))
const acknowledged = new Map()
const tally = { ok: 0, fail: 0, info: 0 }
const load = { isOver: false }
const pick = (list) => list[Math.floor(Math.random() * list.length)]

/** Says what became of a call: `ok`, `fail` where it certainly has not happened, `info` where nobody knows. */
const outcomeOf = (reply) => {
  if (reply instanceof Error) return reply.sent ? 'info' : 'fail'
  if (reply === null || typeof reply !== 'object' || !('error' in reply)) return 'ok'
  return reply.error.startsWith('TRYAGAIN') ? 'fail' : 'info'
}

const caller = async (name) => {
  let connection = client(pick(nodes).client)
  let lives = 0
  for (let turn = 0; !load.isOver; turn++) {
    if (connection.isOver()) {
      await pause(20)
      connection = client(pick(nodes).client)
    }
    const key = `k${Math.floor(history.calls() / (callsPerKey * 4))}.${turn % 4}`
    const value = `${name}.${turn};`
    const type = pick(['get', 'get', 'put', 'append'])
    const operation = type === 'get' ? { type, key } : { type, key, value }
    const subject = `${name}/${lives}`
    history.say({ type: 'invoke', process: subject, operation })
    const words = { get: ['GET', key], put: ['SET', key, value], append: ['APPEND', key, value] }[type]
    const reply = await connection.call(...words)
    const outcome = outcomeOf(reply)
    tally[outcome] += 1
    if (outcome === 'ok') history.say({ type: 'ok', process: subject, response: type === 'get' ? (reply ?? '') : null })
    else history.say({ type: outcome, process: subject, reason: String(reply?.error ?? reply?.message) })
    // Whoever does not know what became of a call never calls again.
    if (outcome === 'info') {
      lives += 1
      connection.close()
    }
    if (turn % 8 === 0) {
      const own = `own.${name}.${turn}`
      if (outcomeOf(await connection.call('SET', own, value)) === 'ok') acknowledged.set(own, value)
    }
    await pause(Math.random() * thinking)
  }
  connection.close()
}

const fail = (text) => {
  stdout.write(`✗ ${text}\n`)
  process.exitCode = 1
}

const knowLeader = (all) => all.every((one) => one.leader !== '')
for (const node of nodes) start(node)
if (!(await until(knowLeader))) {
  fail('no leader was elected')
  process.exit()
}
const callers = Array.from({ length: clients }, (_, index) => caller(`c${index + 1}`))
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
load.isOver = true
await Promise.all(callers)
const isEven = (all) => knowLeader(all) && new Set(all.map((one) => one['last-applied'])).size === 1
if (!(await until(isEven, 30_000))) fail('a node does not catch up')

const sorted = stalls.toSorted((a, b) => a - b)
const at = (share) => `${Math.round(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0)} ms`
stdout.write(
  `${done} kills, ${leaders} of leaders; ${tally.ok} calls answered, ${tally.fail} refused, ${tally.info} unknown; ` +
    `20 more were answered within ${at(0.5)} of a kill (median), ${at(0.99)} (p99)\n`
)
for (const node of nodes) {
  const connection = client(node.client)
  const missing = []
  for (const [key, value] of acknowledged) if ((await connection.call('GET', key)) !== value) missing.push(key)
  if (missing.length > 0) fail(`${node.id}: ${missing.length} acknowledged writes are lost, such as ${missing[0]}`)
  connection.close()
}
stdout.write(`✓ ${acknowledged.size} acknowledged writes to keys of their own were asked of every node\n`)
const ends = await stop()
if (ends.some((status) => status !== 0)) fail(`they did not end in good order: ${ends.join(', ')}`)

const quorate = (...words) => {
  const {
    status,
    stdout: out,
    stderr
  } = spawnSync(process.execPath, ['--max-old-space-size=4096', command, ...words], {
    encoding: 'utf8',
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    maxBuffer: 2 ** 28
  })
  stdout.write(out + stderr)
  if (status !== 0) fail(`quorate ${words[0]} ends with ${status}`)
}
const model = ['--model', 'models/raft/replication.model.ts']
const files = readdirSync(recordings).filter((name) => name.endsWith('.recording.jsonl'))
if (done <= 5) quorate('validate', recordings, ...model, '--moments', '8', '--as', 'linearizable:key-value')
else {
  // A run of so many steps does not fit in memory as one: each recording by itself then, and what clients saw.
  for (let from = 0; from < files.length; from += 20)
    quorate('replay', ...files.slice(from, from + 20).map((name) => join(recordings, name)), ...model)
  quorate('judge', join(recordings, 'clients.history.jsonl'), '--as', 'linearizable:key-value')
}
if (env.QUORATE_KEEP === undefined) rmSync(folder, { recursive: true })
