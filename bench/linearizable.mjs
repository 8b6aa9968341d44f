/**
 * How long the judges of order take. A table for people on stderr, one JSON document on stdout.
 *
 * Histories are drawn from an object that is atomic, so they are linearizable; then one answer is changed: to an
 * older value of the same key (stale), or to one that nobody wrote (thin air).
 *
 *   npm run build && node bench/linearizable.mjs [--runs 3]
 */
import { argv, memoryUsage, stderr, stdout } from 'node:process'
import {
  casRegister,
  generate,
  guarantees,
  keyValue,
  keyed,
  linearizable,
  register,
  sequentiallyConsistent,
  sessionGuarantees
} from '../dist/src/consistency/index.js'

const at = argv.indexOf('--runs')
const runs = at < 0 ? 3 : Number(argv[at + 1])

/** One register that ten clients read, write and compare-and-set at the same time. */
const registerHistory = (values, lostOneIn) =>
  generate(casRegister(), {
    clients: 10,
    calls: 10_000,
    seed: 1,
    lostOneIn,
    operation: (random, n) => {
      const value = () => (values === Infinity ? n : random(values))
      const kind = random(values === Infinity ? 2 : 3)
      if (kind === 0) return { type: 'read' }
      return kind === 1 ? { type: 'write', value: value() } : { type: 'cas', from: value(), to: value() }
    }
  })

/** A hundred keys that fifty clients get, put and append to. */
const mapHistory = () =>
  generate(keyValue, {
    clients: 50,
    calls: 100_000,
    seed: 1,
    operation: (random, n) => {
      const key = `k${random(100)}`
      const kind = random(4)
      if (kind < 2) return { type: 'get', key }
      return kind === 2 ? { type: 'put', key, value: `${n}` } : { type: 'append', key, value: `,${n}` }
    }
  })

/** Ten keys that ten clients read and write, every value once. */
const sessionHistory = () =>
  generate(keyed(register()), {
    clients: 10,
    calls: 10_000,
    seed: 1,
    operation: (random, n) => ({
      key: random(10),
      operation: random(2) === 0 ? { type: 'read' } : { type: 'write', value: n }
    })
  })

/** Answers of reads, with the key that was asked for. */
const answers = (history) => {
  const open = new Map()
  return history.flatMap((record, place) => {
    if (record.type === 'invoke') open.set(record.process, record.operation)
    const { type, key = null, operation } = open.get(record.process)
    const isRead = ['read', 'get'].includes(type ?? operation.type)
    return record.type === 'ok' && isRead && record.response !== null ? [{ place, key, value: record.response }] : []
  })
}

const changed = (history, place, response) =>
  history.map((record, i) => (i === place ? { ...record, response } : record))

/** The last read of some key answers what a read of that key answered near the start. */
const stale = (history) => {
  const reads = answers(history)
  const { key, place } = reads.at(-1)
  const others = reads.filter((read) => read.key === key && read.value !== reads.at(-1).value)
  return changed(history, place, others[0].value)
}

const thinAir = (history) => changed(history, answers(history).at(-1).place, 'nobody wrote this')

const few = registerHistory(5, 0)
const unique = registerHistory(Infinity, 0)
const lost = registerHistory(5, 50)
const map = mapHistory()
const sessions = sessionHistory()
const oneRegister = linearizable(casRegister())
const inOrder = sequentiallyConsistent(casRegister())
const allGuarantees = sessionGuarantees(guarantees)

const cases = [
  ['register, 10 clients, 10,000 calls, 5 values', oneRegister, few, 'ok'],
  ['  one thin-air answer at the end', oneRegister, thinAir(few), 'violation'],
  ['register, every value once', oneRegister, unique, 'ok'],
  ['  one stale answer at the end', oneRegister, stale(unique), 'violation'],
  ['  one thin-air answer at the end', oneRegister, thinAir(unique), 'violation'],
  ['register, one call in 50 of unknown outcome', oneRegister, lost, 'ok'],
  ['  one thin-air answer at the end', oneRegister, thinAir(lost), 'violation'],
  ['map, 50 clients, 100,000 calls, 100 keys', linearizable(keyValue), map, 'ok'],
  ['  one thin-air answer at the end', linearizable(keyValue), thinAir(map), 'violation'],
  ['sequential: register, 5 values', inOrder, few, 'ok'],
  ['sequential: register, every value once', inOrder, unique, 'ok'],
  ['sessions: 10,000 calls, 10 keys', allGuarantees, sessions, 'ok'],
  ['  one stale answer at the end', allGuarantees, stale(sessions), 'violation']
]

const rows = cases.map(([name, judge, history, expected]) => {
  const times = Array.from({ length: runs }, () => {
    const start = performance.now()
    const judged = judge.judge(history)
    const verdict = judged.right?.verdict ?? judged.left.code
    if (verdict !== expected) throw new Error(`${name}: ${verdict} where ${expected} was expected`)
    return performance.now() - start
  })
  const median = times.toSorted((a, b) => a - b)[Math.floor((runs - 1) / 2)]
  const row = { name: name.trim(), verdict: expected, records: history.length, milliseconds: Math.round(median) }
  stderr.write(`${name.padEnd(48)} ${expected.padEnd(10)} ${String(row.milliseconds).padStart(6)} ms\n`)
  return row
})

stdout.write(`${JSON.stringify({ rows, peakBytes: memoryUsage().rss }, null, 2)}\n`)
