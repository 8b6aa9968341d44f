/** Every site fails after it has voted. Each comes back, asks what the others decided, and there are no others. */
import { agreement, allDecided, threePhaseCommit } from '../../spec/three-phase-commit/index.ts'
import { fifo, model } from '../../src/model/model.ts'
import { cluster, endTransaction, synchronous } from './cluster.ts'

export default model({
  name: 'three-phase-commit-total-failure-blocks',
  protocol: threePhaseCommit,
  nodes: cluster(1),
  network: fifo(),
  timing: synchronous,
  faults: { crashes: 2 },
  requests: [endTransaction],
  properties: [agreement],
  mayStop: allDecided,
  expect: 'deadlock'
})
