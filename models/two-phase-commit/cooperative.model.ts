/** Atomic commit where participants ask each other, under loss, duplication, reordering and crashes of whomever. */
import { Natural, Positive } from '../../spec/kernel/index.ts'
import { allDecided, atomicCommit, cooperativeCommit } from '../../spec/two-phase-commit/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { parameter, parametric } from '../../src/model/parameters.ts'
import { cluster, endTransaction, participantsOf } from './cluster.ts'

export default parametric(
  {
    participants: parameter(Positive, 3, 'participants besides the coordinator'),
    crashes: parameter(Natural, 2, 'crashes with restart, of any node')
  },
  ({ participants, crashes }) => {
    const nodes = cluster(participants)
    return model({
      name: 'two-phase-commit-cooperative',
      protocol: cooperativeCommit,
      nodes,
      network: asynchronous(),
      faults: { crashes },
      requests: [endTransaction],
      symmetric: [participantsOf(nodes)],
      properties: atomicCommit,
      mayStop: allDecided
    })
  }
)
