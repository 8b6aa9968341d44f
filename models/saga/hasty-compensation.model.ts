/** Broken: the orchestrator asks for all compensations at once, and they are done in any order. */
import { send, type Protocol } from '../../spec/kernel/index.ts'
import { inReverseOrder, saga, type Message, type SagaProtocol } from '../../spec/saga/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { abortTrip, beginTrip, cluster, seatThenMoney } from './trip.ts'

const undoingAtOnce: Protocol<SagaProtocol> = {
  ...saga,
  step: (self, state, event) => {
    const moved = saga.step(self, state, event)
    if (moved.rule !== 'abort-on-command') return moved
    const all = seatThenMoney.stages
      .flat()
      .map(({ service, action }) => send<Message>(service, { type: 'compensate', saga: 'trip', action }))
    return { ...moved, effects: [...moved.effects, ...all] }
  }
}

export default model({
  name: 'saga-hasty-compensation-breaks-reverse-order',
  protocol: undoingAtOnce,
  nodes: cluster(seatThenMoney, 'backward'),
  network: asynchronous(),
  requests: [beginTrip(), abortTrip()],
  properties: [inReverseOrder(seatThenMoney)],
  mayStop: true,
  expect: { violates: 'in-reverse-order' }
})
