/**
 * Broken: the step is on disk, the event that tells of it is not. A service that crashes between the two has done its
 * step, and nobody will ever hear of it: the saga stands still.
 */
import type { Protocol } from '../../spec/kernel/index.ts'
import { allSettled, sagaChoreography, type SagaChoreography } from '../../spec/saga-choreography/index.ts'
import { model, unordered } from '../../src/model/model.ts'
import { beginTrip, chain } from './chain.ts'

const withoutOutbox: Protocol<SagaChoreography> = {
  ...sagaChoreography,
  durable: (state) => ({ ...state, outbox: [] })
}

export default model({
  name: 'saga-choreography-without-outbox-stands-still',
  protocol: withoutOutbox,
  nodes: chain(3),
  network: unordered(),
  faults: { crashes: 1 },
  requests: [beginTrip],
  properties: [],
  mayStop: allSettled,
  expect: 'deadlock'
})
