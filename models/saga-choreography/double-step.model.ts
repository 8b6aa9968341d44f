/** Broken: a service does its step for every event that says so, without looking whether it has done it. Events come twice. */
import type { Protocol } from '../../spec/kernel/index.ts'
import { atMostOnce, sagaChoreography, type SagaChoreography } from '../../spec/saga-choreography/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { beginTrip, chain } from './chain.ts'

const withoutLooking: Protocol<SagaChoreography> = {
  ...sagaChoreography,
  step: (self, state, event) => sagaChoreography.step(self, { ...state, stands: {} }, event)
}

export default model({
  name: 'saga-choreography-without-looking-does-a-step-twice',
  protocol: withoutLooking,
  nodes: chain(3, () => 2),
  network: asynchronous(),
  requests: [beginTrip],
  properties: [atMostOnce],
  mayStop: true,
  expect: { violates: 'at-most-once' }
})
