/** Atomic commit where each message counts: crashes cut between the effects of one step. */
import { Natural, Positive } from '../../spec/kernel/index.ts'
import { atomicCommit } from '../../spec/two-phase-commit/index.ts'
import { model, unordered } from '../../src/model/model.ts'
import { parameter, parametric } from '../../src/model/parameters.ts'
import { askingOnce, cluster, endTransaction } from './cluster.ts'

export default parametric(
  {
    participants: parameter(Positive, 2, 'participants besides the coordinator'),
    crashes: parameter(Natural, 1, 'crashes with restart, of any node'),
    lose: parameter(Natural, 1, 'messages lost'),
    duplicate: parameter(Natural, 1, 'messages delivered twice')
  },
  ({ participants, crashes, lose, duplicate }) =>
    model({
      name: 'two-phase-commit-unordered',
      protocol: askingOnce,
      // Not symmetric: a crash cuts between the sends of one step, and those go out in the order of the nodes.
      nodes: cluster(participants),
      network: unordered({ lose, duplicate }),
      faults: { crashes },
      requests: [endTransaction],
      properties: atomicCommit,
      // A participant whose question or answer is lost asks no more.
      mayStop: true
    })
)
