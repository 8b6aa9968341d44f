/** Atomic commit on links that keep order and lose nothing: crashes cut between the effects of one step. */
import { Natural, Positive } from '../../spec/kernel/index.ts'
import { atomicCommit } from '../../spec/two-phase-commit/index.ts'
import { fifo, model } from '../../src/model/model.ts'
import { parameter, parametric } from '../../src/model/parameters.ts'
import { askingOnce, cluster, endTransaction } from './cluster.ts'

export default parametric(
  {
    participants: parameter(Positive, 2, 'participants besides the coordinator'),
    crashes: parameter(Natural, 2, 'crashes with restart, of any node')
  },
  ({ participants, crashes }) =>
    model({
      name: 'two-phase-commit-fifo',
      protocol: askingOnce,
      // Not symmetric: a crash cuts between the sends of one step, and those go out in the order of the nodes.
      nodes: cluster(participants),
      network: fifo(),
      faults: { crashes },
      requests: [endTransaction],
      properties: atomicCommit,
      // A participant that asks before there is a decision gets no answer, and asks no more.
      mayStop: true
    })
)
