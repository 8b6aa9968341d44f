/**
 * Broken: a service that is to undo what it has not done answers that all is well, and forgets it. The step was late,
 * arrives after its compensation, and is done: nobody will ever undo it.
 */
import type { Protocol } from '../../spec/kernel/index.ts'
import { compensatedUndidAll, saga, type SagaProtocol } from '../../spec/saga/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { abortTrip, beginTrip, cluster, seatThenMoney } from './trip.ts'

const undoingNothing: Protocol<SagaProtocol> = {
  ...saga,
  step: (self, state, event) => {
    const moved = saga.step(self, state, event)
    return moved.rule === 'undo-nothing' ? { ...moved, state } : moved
  }
}

export default model({
  name: 'saga-late-step-runs-after-its-compensation',
  protocol: undoingNothing,
  nodes: cluster(seatThenMoney, 'backward'),
  network: asynchronous(),
  requests: [beginTrip(), abortTrip()],
  properties: [compensatedUndidAll(seatThenMoney)],
  mayStop: true,
  expect: { violates: 'compensated-undid-all' }
})
