/** Sagas when some nodes are no longer heard by the others, in every way, and are heard again. */
import { Natural } from '../../spec/kernel/index.ts'
import { allEnded, saga, sagaPromises } from '../../spec/saga/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { parameter, parametric } from '../../src/model/parameters.ts'
import { abortTrip, beginTrip, cluster, twoThenOne } from './trip.ts'

export default parametric({ crashes: parameter(Natural, 1, 'crashes with restart, of any node') }, ({ crashes }) =>
  model({
    name: 'saga-one-way-partition',
    protocol: saga,
    nodes: cluster(twoThenOne, 'backward'),
    network: asynchronous(),
    faults: { crashes, partitions: { times: 1, cuts: 'one-way' } },
    requests: [beginTrip(), abortTrip()],
    properties: sagaPromises(twoThenOne),
    mayStop: allEnded
  })
)
