/**
 * Broken: the log speaks of a step when it is done, and not before it is asked for. After a crash nobody knows of the
 * step that was under way, and all is undone but that.
 */
import type { Protocol } from '../../spec/kernel/index.ts'
import { compensatedUndidAll, saga, type Saga, type SagaProtocol } from '../../spec/saga/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { beginTrip, cluster, seatThenMoney } from './trip.ts'

const asOfLastAnswer = (one: Saga): Saga =>
  one.phase === 'running' && one.stage > 0 ? { ...one, stage: one.stage - 1, done: [] } : one

const loggingLate: Protocol<SagaProtocol> = {
  ...saga,
  durable: (state) => (state.role === 'orchestrator' ? { ...state, sagas: state.sagas.map(asOfLastAnswer) } : state)
}

export default model({
  name: 'saga-unlogged-call-leaves-an-orphan',
  protocol: loggingLate,
  nodes: cluster(seatThenMoney, 'backward'),
  network: asynchronous(),
  faults: { crashes: 1 },
  requests: [beginTrip()],
  properties: [compensatedUndidAll(seatThenMoney)],
  mayStop: true,
  expect: { violates: 'compensated-undid-all' }
})
