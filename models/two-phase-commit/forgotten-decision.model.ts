/** Broken: the coordinator does not write its decision to disk. It commits, crashes, recovers undecided and aborts. */
import type { Protocol } from '../../spec/kernel/index.ts'
import { agreement, durable, twoPhaseCommit, type TwoPhaseCommit } from '../../spec/two-phase-commit/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { cluster, endTransaction } from './cluster.ts'

const forgettingDecisions: Protocol<TwoPhaseCommit> = {
  ...twoPhaseCommit,
  durable: (state) => (state.role === 'coordinator' ? { record: null } : durable(state))
}

export default model({
  name: 'two-phase-commit-forgotten-decision-breaks-agreement',
  protocol: forgettingDecisions,
  nodes: cluster(2),
  network: asynchronous(),
  faults: { crashes: 1 },
  requests: [endTransaction],
  properties: [agreement],
  mayStop: true,
  expect: { violates: 'agreement' }
})
