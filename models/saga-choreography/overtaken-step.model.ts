/**
 * Broken: a service that hears of a cancellation before it hears of the saga says that it has nothing of it, and forgets
 * that it said so. Then the event that was overtaken arrives, and it does its step.
 */
import type { Protocol } from '../../spec/kernel/index.ts'
import { sagaChoreography, undoneByAll, type SagaChoreography } from '../../spec/saga-choreography/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { beginTrip, cancelTrip, chain } from './chain.ts'

const withoutBar: Protocol<SagaChoreography> = {
  ...sagaChoreography,
  step: (self, state, event) => {
    const moved = sagaChoreography.step(self, state, event)
    return moved.rule === 'bar-step' ? { ...moved, state: { ...moved.state, stands: state.stands } } : moved
  }
}

export default model({
  name: 'saga-choreography-overtaken-step-is-done',
  protocol: withoutBar,
  nodes: chain(3),
  network: asynchronous(),
  requests: [beginTrip, cancelTrip],
  properties: [undoneByAll],
  mayStop: true,
  expect: { violates: 'undone-by-all' }
})
