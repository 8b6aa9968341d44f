/**
 * Sagas are not isolated: one is refused the last seat, which another has taken; then the other gives it back. The seat
 * stays empty, and the first saga was undone because of something that never came to be.
 */
import { atMostOnce, refusalsLast, saga, type Definition } from '../../spec/saga/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { abortTrip, beginTrip, cluster, take } from './trip.ts'

const definition: Definition = { stages: [[take('seat')], [take('money')]], pivot: 1 }

export default model({
  name: 'saga-without-lock-reads-what-is-undone',
  protocol: saga,
  nodes: cluster(definition, 'forward', (service) => (service === 'seat' ? 1 : 2)),
  network: asynchronous(),
  requests: [beginTrip(2), abortTrip('trip#1')],
  properties: [atMostOnce, refusalsLast],
  mayStop: true,
  expect: { violates: 'refusals-last' }
})
