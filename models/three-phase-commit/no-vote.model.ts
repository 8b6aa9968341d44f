/** One participant votes no, clients ask whom they find, and one site fails: nobody commits. */
import { always } from '../../spec/kernel/index.ts'
import {
  agreement,
  allAbort,
  allDecided,
  decisionOf,
  finality,
  threePhaseCommit,
  type ThreePhaseCommit
} from '../../spec/three-phase-commit/index.ts'
import { fifo, model } from '../../src/model/model.ts'
import { cluster, endTransaction, synchronous } from './cluster.ts'

/** AC3, where one will not say yes. */
const nobodyCommits = always<ThreePhaseCommit>('nobody-commits', ({ nodes }) =>
  nodes.every((node) => decisionOf(node) !== 'commit')
)

export default model({
  name: 'three-phase-commit-no-vote',
  protocol: threePhaseCommit,
  nodes: { ...cluster(2), p2: { role: 'participant', vote: 'no' } },
  network: fifo(),
  timing: synchronous,
  faults: { crashes: 1 },
  requests: [
    { ...endTransaction, times: 2 },
    { ...endTransaction, name: 'end-at-participant', at: ['p1'] }
  ],
  properties: [agreement, finality, nobodyCommits, allAbort],
  mayStop: allDecided
})
