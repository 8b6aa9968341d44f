/**
 * A second node takes itself for a coordinator, one participant votes no, and clients ask whom they find: the coordinator
 * that asks gets neither all votes nor one too many, and whoever asks, nobody commits.
 */
import { always } from '../../spec/kernel/index.ts'
import {
  agreement,
  cooperativeCommit,
  decisionOf,
  finality,
  type TwoPhaseCommit
} from '../../spec/two-phase-commit/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { cluster, endTransaction } from './cluster.ts'

const nobodyCommits = always<TwoPhaseCommit>('nobody-commits', ({ nodes }) =>
  nodes.every((node) => decisionOf(node) !== 'commit')
)

export default model({
  name: 'two-phase-commit-cooperative-set-up-wrong',
  protocol: cooperativeCommit,
  nodes: {
    ...cluster(2),
    p2: { role: 'participant', coordinator: 'coordinator', vote: 'no' },
    second: { role: 'coordinator' }
  },
  network: asynchronous(),
  faults: { crashes: 1 },
  requests: [
    { ...endTransaction, times: 2 },
    { ...endTransaction, name: 'end-at-participant', at: ['p1'] }
  ],
  properties: [agreement, finality, nobodyCommits],
  // The second coordinator has nobody to decide for.
  mayStop: true
})
