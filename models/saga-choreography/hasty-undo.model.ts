/** Broken: a service that hears of a cancellation undoes its step at once, and lets those after it undo theirs later. */
import type { Protocol } from '../../spec/kernel/index.ts'
import { inOrder, sagaChoreography, type SagaChoreography } from '../../spec/saga-choreography/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { beginTrip, cancelTrip, chain } from './chain.ts'

const undoingAtOnce: Protocol<SagaChoreography> = {
  ...sagaChoreography,
  step: (self, state, event) => {
    const moved = sagaChoreography.step(self, state, event)
    if (moved.rule !== 'cancel-saga') return moved
    const ledger = [...state.ledger, { saga: 'trip', did: 'give-back' } as const]
    return { ...moved, state: { ...moved.state, ledger, stands: { trip: 'undone' } } }
  }
}

export default model({
  name: 'saga-choreography-hasty-undo-breaks-the-order',
  protocol: undoingAtOnce,
  nodes: chain(3),
  network: asynchronous(),
  requests: [beginTrip, cancelTrip],
  properties: [inOrder],
  mayStop: true,
  expect: { violates: 'in-order' }
})
