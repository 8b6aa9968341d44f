/** The chain when it splits in two parts that do not hear each other, in every way, and heals. */
import { Natural } from '../../spec/kernel/index.ts'
import { allSettled, chainPromises, sagaChoreography, withinUnits } from '../../spec/saga-choreography/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { parameter, parametric } from '../../src/model/parameters.ts'
import { beginTrip, cancelTrip, chain } from './chain.ts'

export default parametric({ crashes: parameter(Natural, 1, 'crashes with restart, of any node') }, ({ crashes }) =>
  model({
    name: 'saga-choreography-partition',
    protocol: sagaChoreography,
    nodes: chain(3),
    network: asynchronous(),
    faults: { crashes, partitions: { times: 1, cuts: 'symmetric' } },
    requests: [beginTrip, cancelTrip],
    properties: [...chainPromises, withinUnits(1)],
    mayStop: allSettled
  })
)
