/**
 * The multiversion store as running code: `npm run build && node --expose-gc --max-semi-space-size=64 bench/mvcc.mjs [isolation …]`. Point
 * transactions over 100,000 keys, 16 of them open at once, garbage collected every 100,000 commits; how many of them one core
 * runs in a second of its time, and the memory that the store holds at the end of each round.
 */
import { argv, cpuUsage, memoryUsage } from 'node:process'
import { mvcc } from '../dist/spec/mvcc/index.js'

const keyCount = 100_000
const openAtOnce = 16
const perRound = 200_000
const rounds = 5
const vacuumEvery = 100_000

/** As they come off a wire: a string that was put together here would be compared more slowly. */
const keys = JSON.parse(JSON.stringify(Array.from({ length: keyCount }, (_, index) => `account-${index}`)))

/** Numbers below a bound from a seed, the same ones every time. (Mulberry32.) */
const random = (seed) => {
  let state = seed
  return (bound) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((((mixed ^ (mixed >>> 14)) >>> 0) * bound) / 4294967296) | 0
  }
}

const settledBytes = () => {
  globalThis.gc?.()
  return memoryUsage().heapUsed
}

/** What a transaction asks between its beginning and its commit, one question after the other. */
const workloads = {
  'read a key': (transaction, below) => [{ type: 'read', transaction, key: keys[below(keyCount)] }],
  'write a key': (transaction, below) => [
    { type: 'write', transaction, key: keys[below(keyCount)], value: below(1_000_000) }
  ],
  'read and write a key': (transaction, below) => {
    const key = keys[below(keyCount)]
    return [
      { type: 'read', transaction, key },
      { type: 'write', transaction, key, value: below(1_000_000) }
    ]
  }
}

const start = (isolation) => {
  const self = { id: 'store', nodes: ['store', 's'], config: { store: 'store', isolation } }
  let { state } = mvcc.initial(self)
  const ask = (message) => {
    const moved = mvcc.step(self, state, { type: 'deliver', from: 's', message })
    state = moved.state
    // What the host would write to disk; it is the same data, so this costs nothing but the call.
    mvcc.durable(state)
    return moved
  }
  const vacuum = () => {
    state = mvcc.step(self, state, { type: 'timeout', timer: 'vacuum' }).state
  }
  return { ask, vacuum, store: () => state }
}

const load = (isolation) => {
  const store = start(isolation)
  store.ask({ type: 'begin', transaction: 'load' })
  for (const key of keys) store.ask({ type: 'write', transaction: 'load', key, value: 0 })
  store.ask({ type: 'commit', transaction: 'load' })
  store.vacuum()
  return store
}

const run = (isolation, name, plan) => {
  const store = load(isolation)
  const below = random(1)
  const open = []
  let begun = 0
  let commits = 0
  let aborts = 0
  const begin = () => {
    const transaction = `t${begun++}`
    store.ask({ type: 'begin', transaction })
    return { transaction, questions: plan(transaction, below), asked: 0 }
  }
  for (let slot = 0; slot < openAtOnce; slot++) open.push(begin())
  /** One transaction, picked at random, goes one question further. Answers whether it has committed. */
  const advance = () => {
    const slot = below(openAtOnce)
    const one = open[slot]
    const { transaction, questions } = one
    const { effects } = store.ask(questions[one.asked++] ?? { type: 'commit', transaction })
    const answer = effects[0]?.message.type
    if (answer === 'committed') commits++
    else if (answer === 'aborted') aborts++
    // A lock is rarely asked for twice among so many keys; whoever waits is given up.
    else if (answer === undefined) store.ask({ type: 'abort', transaction })
    else return false
    open[slot] = begin()
    if (answer === 'committed' && commits % vacuumEvery === 0) store.vacuum()
    return answer === 'committed'
  }
  const rates = []
  const bytes = []
  for (let round = 0; round < rounds; round++) {
    let left = perRound
    const cpu = cpuUsage()
    while (left > 0) if (advance()) left--
    const { user, system } = cpuUsage(cpu)
    rates.push(perRound / ((user + system) / 1e6))
    bytes.push(settledBytes())
  }
  const median = rates.toSorted((a, b) => a - b)[Math.floor(rounds / 2)]
  const shown = [
    isolation.padEnd(21),
    name.padEnd(21),
    Math.round(median).toLocaleString('en').padStart(9),
    Math.round(Math.max(...rates))
      .toLocaleString('en')
      .padStart(9),
    `${((100 * aborts) / (aborts + commits)).toFixed(2)} %`.padStart(8),
    bytes.map((held) => (held / 2 ** 20).toFixed(0)).join(' ')
  ]
  console.log(shown.join(' '))
}

const isolations = ['read-committed', 'first-committer-wins', 'first-updater-wins', 'conflict-flags', 'read-validation']
const chosen = argv.slice(2).length > 0 ? argv.slice(2) : isolations
console.log('isolation             transaction              per s     best    aborted  MiB after each round')
for (const isolation of chosen) for (const [name, plan] of Object.entries(workloads)) run(isolation, name, plan)
