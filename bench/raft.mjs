/**
 * Raft as running code: `npm run build && node --expose-gc bench/raft.mjs`. A leader and a follower of three whose logs
 * hold a million entries; what one more append costs each of them in processor time, and what an
 * entry takes of memory.
 */
import { appendAll, emptyLog } from '../dist/spec/kernel/index.js'
import { inProduction, raft } from '../dist/spec/raft/index.js'

const size = 1_000_000
const events = 100_000
const nodes = ['n1', 'n2', 'n3']
const config = { ...inProduction, noop: false, window: 1024, snapshotEvery: null, keep: 0 }
const self = (id) => ({ id, nodes, config })

const settledBytes = () => {
  globalThis.gc?.()
  return process.memoryUsage().heapUsed
}

const before = settledBytes()
const log = appendAll(
  emptyLog,
  Array.from({ length: size }, (_, index) => ({ type: 'command', term: 1, command: index }))
)
console.log(`${'bytes per entry'.padEnd(44)} ${((settledBytes() - before) / size).toFixed(0).padStart(8)}`)

/** A server with that log, all of it applied. */
const { state: fresh } = raft.initial({ id: 'n1', nodes, config })
const holding = { ...fresh, term: 1, votedFor: 'n1', log, commitIndex: size, lastApplied: size }
const leading = () => {
  const follower = { ...holding, term: 0, votedFor: null, role: { is: 'follower', leader: null } }
  const stood = raft.step({ ...self('n1'), config: { ...config, preVote: false } }, follower, {
    type: 'timeout',
    timer: 'election'
  })
  const vote = { type: 'deliver', from: 'n2', message: { type: 'vote', term: 1, granted: true } }
  const elected = raft.step(self('n1'), stood.state, vote).state
  return ['n2', 'n3'].reduce((state, from) => answered(state, from).state, elected)
}
const answered = (state, from) =>
  raft.step(self('n1'), state, {
    type: 'deliver',
    from,
    message: { type: 'accepted', term: 1, matchIndex: state.log.last, round: 0 }
  })

const measure = (name, act, state, times = events) => {
  const start = process.cpuUsage()
  const end = Array.from({ length: times }).reduce(act, state)
  const { user, system } = process.cpuUsage(start)
  const seconds = (user + system) / 1e6
  console.log(`${name.padEnd(44)} ${(times / seconds).toFixed(0).padStart(8)} per CPU second`)
  return end
}

let count = 0
const ask = (state) =>
  raft.step(self('n1'), state, { type: 'request', id: `r${count++}`, request: { type: 'command', command: 'x' } }).state
const written = (state) => raft.step(self('n1'), state, { type: 'timeout', timer: 'write' }).state
const decided = (state) => answered(written(state), 'n2').state

const warm = measure('leader, warming up', (state) => decided(ask(state)), leading(), 20_000)
measure('leader: request, write, one answer that commits', (state) => decided(ask(state)), warm)
measure(
  'leader: 64 requests, one write, one answer',
  (state, _, index) => (index % 64 === 0 ? decided(ask(state)) : ask(state)),
  warm
)

const following = { ...holding, role: { is: 'follower', leader: 'n1' } }
const append = (entries) => (state) =>
  raft.step(self('n2'), state, {
    type: 'deliver',
    from: 'n1',
    message: {
      type: 'append-entries',
      term: 1,
      prevLogIndex: state.log.last,
      prevLogTerm: 1,
      entries,
      leaderCommit: state.log.last,
      round: 0
    }
  }).state
const entries = (length) => Array.from({ length }, () => ({ type: 'command', term: 1, command: 'x' }))
measure('follower: AppendEntries of 1', append(entries(1)), following)
measure('follower: AppendEntries of 64', append(entries(64)), following, 10_000)
