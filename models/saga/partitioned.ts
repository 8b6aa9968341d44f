/** The model of a partition, of whichever kind. */
import { Natural } from '../../spec/kernel/index.ts'
import { allEnded, saga, sagaPromises } from '../../spec/saga/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { parameter, parametric } from '../../src/model/parameters.ts'
import { abortTrip, beginTrip, cluster, twoThenOne } from './trip.ts'

export const partitioned = (name: string, cuts: 'symmetric' | 'one-way') =>
  parametric({ crashes: parameter(Natural, 1, 'crashes with restart, of any node') }, ({ crashes }) =>
    model({
      name,
      protocol: saga,
      nodes: cluster(twoThenOne, 'backward'),
      network: asynchronous(),
      faults: { crashes, partitions: { times: 1, cuts } },
      requests: [beginTrip(), abortTrip()],
      properties: sagaPromises(twoThenOne),
      mayStop: allEnded
    })
  )
