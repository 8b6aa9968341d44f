/**
 * Clients that write, append and read on whatever node they have a connection to, and the judgement of what they saw and of what
 * the nodes did: what the loops that torment a live cluster share.
 */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import process, { stdout } from 'node:process'
import { fileURLToPath } from 'node:url'
import { client, command, historyTo, pause } from './serve-cluster.mjs'

/** How many calls of the history speak of one key, about: judging takes time that grows with it. */
const callsPerKey = 400
/** Each client waits a little between calls, up to so many milliseconds, so that recordings stay small. */
const thinking = 4

export const pick = (list) => list[Math.floor(Math.random() * list.length)]

/** Says that a bar is missed, and goes on. */
export const fail = (text) => {
  stdout.write(`✗ ${text}\n`)
  process.exitCode = 1
}

/** Says what became of a call: `ok`, `fail` where it certainly has not happened, `info` where nobody knows. */
export const outcomeOf = (reply) => {
  if (reply instanceof Error) return reply.sent ? 'info' : 'fail'
  if (reply === null || typeof reply !== 'object' || !('error' in reply)) return 'ok'
  return reply.error.startsWith('TRYAGAIN') ? 'fail' : 'info'
}

/** Whether all that run know a leader, and whether they have applied the same. */
export const knowLeader = (all) => all.every((one) => one.leader !== '')
export const isEven = (all) => knowLeader(all) && new Set(all.map((one) => one['last-applied'])).size === 1

/** Clients begin to call; `stop` waits until the last call has ended. Their history is written beside the recordings. */
export const loadOn = (nodes, recordings, clients = 8) => {
  const history = historyTo(join(recordings, 'clients.history.jsonl'))
  /** What was acknowledged of keys that are written once. */
  const acknowledged = new Map()
  const tally = { ok: 0, fail: 0, info: 0 }
  const load = { isOver: false }
  const connected = () => {
    const node = pick(nodes)
    return client(node.client, node.host)
  }

  const caller = async (name) => {
    let connection = connected()
    let lives = 0
    for (let turn = 0; !load.isOver; turn++) {
      if (connection.isOver()) {
        await pause(20)
        connection = connected()
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
      if (outcome === 'ok')
        history.say({ type: 'ok', process: subject, response: type === 'get' ? (reply ?? '') : null })
      else history.say({ type: outcome, process: subject, reason: String(reply?.error ?? reply?.message) })
      // Whoever does not know what became of a call never calls again; whoever was refused tries another node.
      if (outcome === 'info') lives += 1
      if (outcome !== 'ok') connection.close()
      if (turn % 8 === 0) {
        const own = `own.${name}.${turn}`
        if (outcomeOf(await connection.call('SET', own, value)) === 'ok') acknowledged.set(own, value)
      }
      await pause(Math.random() * thinking)
    }
    connection.close()
  }
  const callers = Array.from({ length: clients }, (_, index) => caller(`c${index + 1}`))
  return {
    tally,
    acknowledged,
    stop: async () => {
      load.isOver = true
      await Promise.all(callers)
    }
  }
}

/** Asks every node for all that was acknowledged. */
export const askForAll = async (nodes, acknowledged) => {
  for (const node of nodes) {
    const connection = client(node.client, node.host)
    const missing = []
    for (const [key, value] of acknowledged) if ((await connection.call('GET', key)) !== value) missing.push(key)
    if (missing.length > 0) fail(`${node.id}: ${missing.length} acknowledged writes are lost, such as ${missing[0]}`)
    connection.close()
  }
  stdout.write(`✓ ${acknowledged.size} acknowledged writes to keys of their own were asked of every node\n`)
}

/** Replays all recordings as one run, judges it by the properties of Raft, and the history of the clients. */
export const validate = (recordings) => {
  const model = ['--model', 'models/raft/replication.model.ts']
  const words = [command, 'validate', recordings, ...model, '--as', 'linearizable:key-value']
  const started = performance.now()
  const { status, ...said } = spawnSync(process.execPath, ['--max-old-space-size=4096', ...words], {
    encoding: 'utf8',
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    maxBuffer: 2 ** 28
  })
  stdout.write(said.stdout + said.stderr)
  if (status !== 0) fail(`quorate validate ends with ${status}`)
  stdout.write(`judged in ${Math.round((performance.now() - started) / 1000)} s\n`)
}

/** The value below which this share of the numbers is, as milliseconds in words. */
export const quantile = (numbers, share) => {
  const sorted = numbers.toSorted((one, other) => one - other)
  return `${Math.round(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0)} ms`
}
