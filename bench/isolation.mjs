/**
 * How many transactions the judge of isolation reads in a second of processor time, garbage collection included: on one
 * core, that is, however busy the machine is with other things.
 *
 * A simulated store runs transactions of 1 to 4 micro-operations over a window of active keys, each retired after 32
 * writes, as Elle's generator does ([Elle]). Each transaction takes effect in one instant between its invocation and its
 * completion, so the history is strictly serializable; then anomalies are planted.
 *
 *   npm run build && node bench/isolation.mjs [transactions] [concurrency]
 */
import { argv, cpuUsage } from 'node:process'
import { either } from 'fp-ts'
import { judge } from '../dist/src/consistency/isolation/index.js'

const writesPerKey = 32
const activeKeys = 10

/** Numbers below 2^32 from a seed, the same ones every time. (Mulberry32.) */
const random = (seed) => {
  let state = seed
  return (bound) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((((mixed ^ (mixed >>> 14)) >>> 0) * bound) / 4294967296) | 0
  }
}

/** Micro-operations with their reads open. `write` is `append` or `w`. */
const planner = (below, write) => {
  const keys = Array.from({ length: activeKeys }, (_, key) => key)
  const written = new Map()
  let fresh = activeKeys
  return () =>
    Array.from({ length: 1 + below(4) }, () => {
      const at = below(activeKeys)
      const key = keys[at]
      if (below(2) === 0) return ['r', key, null]
      const value = (written.get(key) ?? 0) + 1
      written.set(key, value)
      if (value === writesPerKey) {
        keys[at] = fresh
        fresh += 1
      }
      return [write, key, value]
    })
}

/** Fills in the reads from the store, and writes to it. */
const execute = (store, plan, write) =>
  plan.map(([name, key, value]) => {
    if (name === 'r') return ['r', key, store.get(key) ?? (write === 'append' ? [] : null)]
    store.set(key, write === 'append' ? [...(store.get(key) ?? []), value] : value)
    return [name, key, value]
  })

/**
 * A strictly serializable history.
 *
 * @param count transactions; @param concurrency the most that are open at once
 * @param plant every how many transactions one reads a store that misses what was written last; 0 for never
 */
const generate = ({ count, concurrency, write, seed = 1, plant = 0 }) => {
  const below = random(seed)
  const plan = planner(below, write)
  const store = new Map()
  let stale = new Map()
  const history = []
  const open = []
  const push = (record) => history.push({ index: history.length, time: null, ...record })
  for (let started = 0, number = 0; number < count;) {
    const full = open.length === concurrency || started === count
    if (!full && (open.length === 0 || below(2) === 0)) {
      const process =
        open.length === 0
          ? 0
          : [...Array(concurrency).keys()].find((each) => open.every((call) => call.process !== each))
      const asked = plan()
      push({ type: 'invoke', process, operation: asked })
      open.push({ process, asked, answered: null })
      started += 1
      continue
    }
    const call = open[below(open.length)]
    if (call.answered === null) {
      const broken = plant > 0 && started % plant === 0
      call.answered = broken ? execute(new Map(stale), call.asked, write) : execute(store, call.asked, write)
      if (broken) execute(store, call.asked, write)
      if (plant > 0 && below(16) === 0) stale = new Map(store)
      continue
    }
    open.splice(open.indexOf(call), 1)
    push({ type: 'ok', process: call.process, response: call.answered })
    number += 1
  }
  return history
}

const time = (run) => {
  const start = cpuUsage()
  const result = run()
  const { user, system } = cpuUsage(start)
  return { seconds: (user + system) / 1e6, result }
}

const row = (name, count, history, level, options) => {
  judge(history, level, options)
  const runs = Array.from({ length: 3 }, () => time(() => judge(history, level, options)))
  const { seconds, result } = runs.toSorted((a, b) => a.seconds - b.seconds)[1]
  if (either.isLeft(result)) throw new Error(JSON.stringify(result.left))
  const names = [...new Set((result.right.evidence?.anomalies ?? []).map((anomaly) => anomaly.name))].join(' ')
  const rate = Math.round(count / seconds).toLocaleString('en')
  console.log(
    `${name.padEnd(46)} ${level.padEnd(22)} ${rate.padStart(12)} transactions/s  ${result.right.verdict} ${names}`
  )
}

const count = Number(argv[2] ?? 50_000)
const concurrencies = argv[3] === undefined ? [1, 10, 100] : [Number(argv[3])]

for (const concurrency of concurrencies) {
  const lists = generate({ count, concurrency, write: 'append' })
  for (const level of ['serializable', 'strict-serializable'])
    row(`lists, ${concurrency} at once`, count, lists, level, {})
  const registers = generate({ count, concurrency, write: 'w' })
  row(`registers, ${concurrency} at once`, count, registers, 'strict-serializable', {})
  row(`registers, ${concurrency} at once, linearizable keys`, count, registers, 'strict-serializable', {
    linearizableKeys: true
  })
  for (const [title, plant] of [
    ['a few', Math.floor(count / 20)],
    ['many', 100]
  ]) {
    const planted = generate({ count, concurrency, write: 'append', plant })
    row(`lists, ${concurrency} at once, ${title} stale reads`, count, planted, 'strict-serializable', {})
  }
}
