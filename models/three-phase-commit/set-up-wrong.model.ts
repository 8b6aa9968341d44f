/** A node further down takes itself for the coordinator as well. It has no vote to give, so nobody ever commits. */
import { always } from '../../spec/kernel/index.ts'
import {
  agreement,
  decisionOf,
  finality,
  threePhaseCommit,
  type ThreePhaseCommit
} from '../../spec/three-phase-commit/index.ts'
import { fifo, model } from '../../src/model/model.ts'
import { cluster, endTransaction, synchronous } from './cluster.ts'

const nobodyCommits = always<ThreePhaseCommit>('nobody-commits', ({ nodes }) =>
  nodes.every((node) => decisionOf(node) !== 'commit')
)

export default model({
  name: 'three-phase-commit-set-up-wrong',
  protocol: threePhaseCommit,
  nodes: { ...cluster(2), p1: { role: 'coordinator' } },
  network: fifo(),
  timing: synchronous,
  faults: { crashes: 1 },
  requests: [endTransaction],
  properties: [agreement, finality, nobodyCommits],
  // The vote that is missing never comes.
  mayStop: true
})
