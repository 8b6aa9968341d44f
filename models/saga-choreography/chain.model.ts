/** Services do their steps one after the other; the client may change its mind, and everybody may crash. */
import { Natural, Positive } from '../../spec/kernel/index.ts'
import { allSettled, chainPromises, sagaChoreography, withinUnits } from '../../spec/saga-choreography/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { parameter, parametric } from '../../src/model/parameters.ts'
import { beginTrip, cancelTrip, chain } from './chain.ts'

export default parametric(
  {
    services: parameter(Positive, 3, 'services of the chain'),
    crashes: parameter(Natural, 2, 'crashes with restart, of any node')
  },
  ({ services, crashes }) =>
    model({
      name: 'saga-choreography',
      protocol: sagaChoreography,
      nodes: chain(services),
      network: asynchronous(),
      faults: { crashes },
      requests: [beginTrip, cancelTrip],
      properties: [...chainPromises, withinUnits(1)],
      mayStop: allSettled
    })
)
