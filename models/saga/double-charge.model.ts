/** Broken: a service keeps no record of what it has been asked. It is asked twice, and takes the money twice. */
import type { Protocol } from '../../spec/kernel/index.ts'
import { atMostOnce, saga, type SagaProtocol } from '../../spec/saga/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { beginTrip, cluster, seatThenMoney } from './trip.ts'

const withoutKeys: Protocol<SagaProtocol> = {
  ...saga,
  step: (self, state, event) => saga.step(self, state.role === 'service' ? { ...state, answered: {} } : state, event)
}

export default model({
  name: 'saga-without-keys-charges-twice',
  protocol: withoutKeys,
  nodes: cluster(seatThenMoney, 'backward', () => 2),
  network: asynchronous(),
  requests: [beginTrip()],
  properties: [atMostOnce],
  mayStop: true,
  expect: { violates: 'at-most-once' }
})
