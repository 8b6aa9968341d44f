/** One step after the other; clients change their mind, and whoever crashes comes back and undoes what was begun. */
import { Natural, Positive } from '../../spec/kernel/index.ts'
import { allEnded, saga, sagaPromises, type Definition } from '../../spec/saga/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { parameter, parametric } from '../../src/model/parameters.ts'
import { abortTrip, beginTrip, cluster, take } from './trip.ts'

export default parametric(
  {
    services: parameter(Positive, 4, 'services, one step each'),
    crashes: parameter(Natural, 3, 'crashes with restart, of any node')
  },
  ({ services, crashes }) => {
    const stages = Array.from({ length: services }, (_, index) => [take(`s${index + 1}`)])
    const definition: Definition = { stages, pivot: null }
    return model({
      name: 'saga-backward-recovery',
      protocol: saga,
      nodes: cluster(definition, 'backward'),
      network: asynchronous(),
      faults: { crashes },
      requests: [beginTrip(), abortTrip()],
      properties: sagaPromises(definition),
      mayStop: allEnded
    })
  }
)
