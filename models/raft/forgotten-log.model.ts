/** Broken: the log is not on disk. A follower acknowledges an entry, crashes, and helps to elect one that lacks it. */
import { emptyLog, type Protocol } from '../../spec/kernel/index.ts'
import { durable, leaderCompleteness, raft, type Raft } from '../../spec/raft/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { cluster, commands, takingTurns, upToTerm } from './cluster.ts'
import { journal } from './journal.ts'

const forgettingLogs: Protocol<Raft> = { ...raft, durable: (state) => ({ ...durable(state), log: emptyLog }) }

export default model({
  name: 'raft-forgotten-log-breaks-leader-completeness',
  protocol: forgettingLogs,
  nodes: cluster(3).nodes,
  network: asynchronous(),
  faults: { crashes: 1 },
  requests: commands(1, ['n1']),
  machine: journal,
  bounds: { node: (node) => upToTerm(2)(node) && takingTurns(node) },
  properties: [leaderCompleteness],
  expect: { violates: 'leader-completeness' }
})
