/** One participant votes no, two clients ask: nobody commits, and every client hears of it. */
import { always } from '../../spec/kernel/index.ts'
import {
  agreement,
  allAbort,
  allDecided,
  decisionOf,
  finality,
  twoPhaseCommit,
  type TwoPhaseCommit
} from '../../spec/two-phase-commit/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { cluster, endTransaction } from './cluster.ts'

/** AC3, where one will not say yes. */
const nobodyCommits = always<TwoPhaseCommit>('nobody-commits', ({ nodes }) =>
  nodes.every((node) => decisionOf(node) !== 'commit')
)

export default model({
  name: 'two-phase-commit-no-vote',
  protocol: twoPhaseCommit,
  nodes: { ...cluster(2), p2: { role: 'participant', coordinator: 'coordinator', vote: 'no' } },
  network: asynchronous(),
  faults: { crashes: 1 },
  requests: [{ ...endTransaction, times: 2 }],
  properties: [agreement, finality, nobodyCommits, allAbort],
  mayStop: allDecided
})
