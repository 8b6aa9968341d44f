/**
 * Outside the assumption: a partition cuts the cluster in two, and each side takes the other for failed. The side that had
 * heard of the pre-commit commits, the other aborts.
 */
import { agreement, threePhaseCommit } from '../../spec/three-phase-commit/index.ts'
import { fifo, model } from '../../src/model/model.ts'
import { cluster, endTransaction, synchronous } from './cluster.ts'

export default model({
  name: 'three-phase-commit-partition-breaks-agreement',
  protocol: threePhaseCommit,
  nodes: cluster(2),
  network: fifo(),
  timing: synchronous,
  faults: { partitions: { times: 1, cuts: 'symmetric', heal: false } },
  requests: [endTransaction],
  properties: [agreement],
  mayStop: true,
  expect: { violates: 'agreement' }
})
