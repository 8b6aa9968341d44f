/** Every site fails after it has voted. Each comes back, asks what the others decided, and there are no others. */
import { agreement, allDecided, threePhaseCommit } from '../../spec/three-phase-commit/index.ts'
import { fifo, model } from '../../src/model/model.ts'
import { cluster, endTransaction } from './cluster.ts'

export default model({
  name: 'three-phase-commit-total-failure-blocks',
  protocol: threePhaseCommit,
  nodes: cluster(2),
  network: fifo(),
  faults: { crashes: 3 },
  requests: [endTransaction],
  properties: [agreement],
  mayStop: allDecided,
  expect: 'deadlock'
})
