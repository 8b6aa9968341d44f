/** Broken: a service writes what it did to disk, and keeps what it answered in memory. It crashes, is asked again, and does it again. */
import type { Protocol } from '../../spec/kernel/index.ts'
import { atMostOnce, saga, type SagaProtocol } from '../../spec/saga/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { beginTrip, cluster, seatThenMoney } from './trip.ts'

const forgettingAnswers: Protocol<SagaProtocol> = {
  ...saga,
  durable: (state) => (state.role === 'service' ? { ...state, answered: {} } : state)
}

export default model({
  name: 'saga-forgotten-answer-charges-twice',
  protocol: forgettingAnswers,
  nodes: cluster(seatThenMoney, 'backward', () => 2),
  network: asynchronous(),
  faults: { crashes: 1 },
  requests: [beginTrip()],
  properties: [atMostOnce],
  mayStop: true,
  expect: { violates: 'at-most-once' }
})
