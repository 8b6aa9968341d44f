/**
 * Outside its assumption: links keep order and lose nothing, and a partition cuts the cluster in two. Each side takes the
 * other for failed. The side that had heard of the pre-commit commits, the other aborts.
 */
import { agreement, threePhaseCommit } from '../../spec/three-phase-commit/index.ts'
import { fifo, model } from '../../src/model/model.ts'
import { cluster, endTransaction } from './cluster.ts'

export default model({
  name: 'three-phase-commit-partition-breaks-agreement',
  protocol: threePhaseCommit,
  nodes: cluster(2, 'patience'),
  network: fifo(),
  faults: { partitions: { times: 1, cuts: 'symmetric', heal: false } },
  requests: [endTransaction],
  properties: [agreement],
  mayStop: true,
  expect: { violates: 'agreement' }
})
