/** The coordinator goes down for good, and a participant that has voted yes waits for ever: two-phase commit blocks. */
import { Positive } from '../../spec/kernel/index.ts'
import { agreement, blocked, commitNeedsEveryYes, finality, twoPhaseCommit } from '../../spec/two-phase-commit/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { parameter, parametric } from '../../src/model/parameters.ts'
import { cluster, endTransaction, participantsOf } from './cluster.ts'

export default parametric(
  { participants: parameter(Positive, 2, 'participants besides the coordinator') },
  ({ participants }) => {
    const nodes = cluster(participants)
    return model({
      name: 'two-phase-commit-blocking',
      protocol: twoPhaseCommit,
      nodes,
      network: asynchronous(),
      faults: { crashesForGood: 1, crashing: ['coordinator'] },
      requests: [endTransaction],
      symmetric: [participantsOf(nodes)],
      properties: [agreement, finality, commitNeedsEveryYes, blocked],
      mayStop: true
    })
  }
)
