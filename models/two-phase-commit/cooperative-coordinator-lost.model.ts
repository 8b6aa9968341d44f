/** The coordinator goes down for good. Whoever is left decides, unless all are uncertain: that is how far cooperation goes. */
import { living, Positive, reachable } from '../../spec/kernel/index.ts'
import {
  allUncertain,
  atomicCommit,
  cooperativeCommit,
  decisionOf,
  type TwoPhaseCommit
} from '../../spec/two-phase-commit/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { parameter, parametric } from '../../src/model/parameters.ts'
import { cluster, endTransaction, participantsOf } from './cluster.ts'

const everybodyIsUncertain = reachable<TwoPhaseCommit>('everybody-is-uncertain', allUncertain)

export default parametric(
  { participants: parameter(Positive, 3, 'participants besides the coordinator') },
  ({ participants }) => {
    const nodes = cluster(participants)
    return model({
      name: 'two-phase-commit-cooperative-coordinator-lost',
      protocol: cooperativeCommit,
      nodes,
      network: asynchronous(),
      faults: { crashesForGood: 1, crashing: ['coordinator'] },
      requests: [endTransaction],
      symmetric: [participantsOf(nodes)],
      properties: [...atomicCommit, everybodyIsUncertain],
      mayStop: (view) => living(view.nodes).every((node) => decisionOf(node) !== null) || allUncertain(view)
    })
  }
)
