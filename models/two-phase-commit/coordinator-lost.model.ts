/** The coordinator goes down for good between the votes and the decision: nobody can do anything any more. */
import { living } from '../../spec/kernel/index.ts'
import {
  agreement,
  commitNeedsEveryYes,
  decisionOf,
  finality,
  twoPhaseCommit
} from '../../spec/two-phase-commit/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { cluster, endTransaction, participantsOf } from './cluster.ts'

const nodes = cluster(2)

export default model({
  name: 'two-phase-commit-coordinator-lost-blocks-participants',
  protocol: twoPhaseCommit,
  nodes,
  network: asynchronous(),
  faults: { crashesForGood: 1, crashing: ['coordinator'] },
  requests: [endTransaction],
  symmetric: [participantsOf(nodes)],
  properties: [agreement, finality, commitNeedsEveryYes],
  mayStop: ({ nodes: all }) => living(all).every((node) => decisionOf(node) !== null),
  expect: 'deadlock'
})
