/** The model of a partition, of whichever kind. */
import { Natural } from '../../spec/kernel/index.ts'
import { allSettled, chainPromises, sagaChoreography, withinUnits } from '../../spec/saga-choreography/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { parameter, parametric } from '../../src/model/parameters.ts'
import { beginTrip, cancelTrip, chain } from './chain.ts'

export const partitioned = (name: string, cuts: 'symmetric' | 'one-way') =>
  parametric({ crashes: parameter(Natural, 1, 'crashes with restart, of any node') }, ({ crashes }) =>
    model({
      name,
      protocol: sagaChoreography,
      nodes: chain(3),
      network: asynchronous(),
      faults: { crashes, partitions: { times: 1, cuts } },
      requests: [beginTrip, cancelTrip],
      properties: [...chainPromises, withinUnits(1)],
      mayStop: allSettled
    })
  )
