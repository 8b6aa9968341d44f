/**
 * Without cooperation: the coordinator goes down for good, one participant has aborted, and the other waits for ever,
 * because it asks nobody but the coordinator.
 */
import { living } from '../../spec/kernel/index.ts'
import { allUncertain, decisionOf, twoPhaseCommit } from '../../spec/two-phase-commit/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { cluster, endTransaction } from './cluster.ts'

export default model({
  name: 'two-phase-commit-uncooperative-participant-blocks',
  protocol: twoPhaseCommit,
  nodes: cluster(2),
  network: asynchronous(),
  faults: { crashesForGood: 1, crashing: ['coordinator'] },
  requests: [endTransaction],
  properties: [],
  // Where all are uncertain, cooperation would not help either.
  mayStop: (view) => living(view.nodes).every((node) => decisionOf(node) !== null) || allUncertain(view),
  expect: 'deadlock'
})
