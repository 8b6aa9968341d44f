/** The model of a partition, of whichever kind. */
import { Natural, Positive } from '../../spec/kernel/index.ts'
import { allDecided, atomicCommit, twoPhaseCommit } from '../../spec/two-phase-commit/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { parameter, parametric } from '../../src/model/parameters.ts'
import { cluster, endTransaction, participantsOf } from './cluster.ts'

export const partitioned = (name: string, cuts: 'symmetric' | 'one-way') =>
  parametric(
    {
      participants: parameter(Positive, 3, 'participants besides the coordinator'),
      crashes: parameter(Natural, 1, 'crashes with restart, of any node')
    },
    ({ participants, crashes }) => {
      const nodes = cluster(participants)
      return model({
        name,
        protocol: twoPhaseCommit,
        nodes,
        network: asynchronous(),
        faults: { crashes, partitions: { times: 1, cuts } },
        requests: [endTransaction],
        symmetric: [participantsOf(nodes)],
        properties: atomicCommit,
        mayStop: allDecided
      })
    }
  )
