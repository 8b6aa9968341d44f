/** Two sagas want the last seat. As long as one has it and is not past its pivot, the other waits: it is not refused for nothing. */
import { Natural } from '../../spec/kernel/index.ts'
import { allEnded, refusalsLast, saga, sagaPromises, type Definition } from '../../spec/saga/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { parameter, parametric } from '../../src/model/parameters.ts'
import { abortTrip, beginTrip, cluster, confirm, take } from './trip.ts'

/** The last stage lifts the lock. */
const definition: Definition = {
  stages: [[take('seat')], [take('money')], [confirm('seat')]],
  pivot: 1
}

export default parametric(
  {
    crashes: parameter(Natural, 1, 'crashes with restart, of any node'),
    sagas: parameter(Natural, 2, 'sagas at once, for one seat')
  },
  ({ crashes, sagas }) =>
    model({
      name: 'saga-semantic-lock',
      protocol: saga,
      nodes: cluster(definition, 'forward', (service) => (service === 'seat' ? 1 : sagas), true),
      network: asynchronous(),
      faults: { crashes },
      requests: [beginTrip(sagas), abortTrip('trip#1')],
      properties: [...sagaPromises(definition), refusalsLast],
      mayStop: allEnded
    })
)
