/** Broken: a participant does not write its vote to disk. It votes yes, crashes, and aborts while others commit. */
import type { Protocol } from '../../spec/kernel/index.ts'
import { agreement, durable, twoPhaseCommit, type TwoPhaseCommit } from '../../spec/two-phase-commit/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { cluster, endTransaction } from './cluster.ts'

const forgettingVotes: Protocol<TwoPhaseCommit> = {
  ...twoPhaseCommit,
  durable: (state) => (state.phase === 'prepared' ? { record: null } : durable(state))
}

export default model({
  name: 'two-phase-commit-forgotten-vote-breaks-agreement',
  protocol: forgettingVotes,
  nodes: cluster(2),
  network: asynchronous(),
  faults: { crashes: 1 },
  requests: [endTransaction],
  properties: [agreement],
  mayStop: true,
  expect: { violates: 'agreement' }
})
