/** Broken: the log is not on disk. A follower acknowledges an entry, crashes, and helps to elect one that lacks it. */
import { emptyLog, type Protocol } from '../../spec/kernel/index.ts'
import { durable, leaderCompleteness, raft, type Raft } from '../../spec/raft/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { cluster, commands, journal, upToTerm } from './cluster.ts'

const forgettingLogs: Protocol<Raft> = { ...raft, durable: (state) => ({ ...durable(state), log: emptyLog }) }

export default model({
  name: 'raft-forgotten-log-breaks-leader-completeness',
  protocol: forgettingLogs,
  ...cluster(3),
  network: asynchronous(),
  faults: { crashes: 1 },
  requests: commands(1, ['n1']),
  machine: journal,
  bounds: { node: upToTerm(2) },
  properties: [leaderCompleteness],
  expect: { violates: 'leader-completeness' }
})
