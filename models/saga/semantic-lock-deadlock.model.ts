/** The price of semantic locks: two sagas that take seat and room in different order wait for each other, for ever. */
import { allEnded, refusalsLast, saga, type Definition } from '../../spec/saga/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { beginTrip, cluster, confirm, take } from './trip.ts'

/** Both at once is any order. */
const definition: Definition = {
  stages: [[take('seat'), take('room')], [take('money')], [confirm('seat'), confirm('room')]],
  pivot: 1
}

export default model({
  name: 'saga-semantic-locks-in-any-order-deadlock',
  protocol: saga,
  nodes: cluster(definition, 'forward', (service) => (service === 'money' ? 2 : 1), true),
  network: asynchronous(),
  requests: [beginTrip(2)],
  properties: [refusalsLast],
  mayStop: allEnded,
  expect: 'deadlock'
})
