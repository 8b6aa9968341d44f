/** Broken: lower numbers are passed on as well. Each comes back to its node, and several are elected. */
import type { Protocol } from '../../spec/kernel/index.ts'
import { oneLeader, ringElection, type RingElection } from '../../spec/ring-election/index.ts'
import { model, unordered } from '../../src/model/model.ts'
import { ring } from './ring.ts'

const passingOnEverything: Protocol<RingElection> = {
  ...ringElection,
  step: (self, state, event) => {
    const moved = ringElection.step(self, state, event)
    if (moved.rule !== 'stop-lower' || event.type !== 'deliver') return moved
    return ringElection.step({ ...self, config: { number: -1 } }, state, event)
  }
}

export default model({
  name: 'ring-election-nobody-stops-lower-breaks-one-leader',
  protocol: passingOnEverything,
  nodes: ring(2, 1, 3),
  network: unordered(),
  properties: [oneLeader],
  mayStop: true,
  expect: { violates: 'one-leader' }
})
