/** Three steps at once, one of which is refused, and then a fourth if one more unit turns up in time. */
import { Natural } from '../../spec/kernel/index.ts'
import { allEnded, saga, sagaPromises, type Definition } from '../../spec/saga/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { parameter, parametric } from '../../src/model/parameters.ts'
import { beginTrip, cluster, take } from './trip.ts'

const definition: Definition = { stages: [[take('seat'), take('room'), take('car')], [take('money')]], pivot: null }

export default parametric({ crashes: parameter(Natural, 2, 'crashes with restart, of any node') }, ({ crashes }) =>
  model({
    name: 'saga-parallel-steps',
    protocol: saga,
    nodes: cluster(definition, 'backward', (service) => (service === 'car' ? 0 : 1)),
    network: asynchronous(),
    faults: { crashes },
    requests: [beginTrip(), { name: 'one-more-car', request: { type: 'add-unit' }, at: ['car'] }],
    properties: sagaPromises(definition),
    mayStop: allEnded
  })
)
