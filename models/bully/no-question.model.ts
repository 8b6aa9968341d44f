/**
 * Broken: a node that misses its coordinator asks no higher node and makes the lower ones stop. It leads, while higher ones
 * still know another coordinator.
 */
import type { Protocol } from '../../spec/kernel/index.ts'
import { bully, sameCoordinator, type Bully } from '../../spec/bully/index.ts'
import { fifo, model, sameNodes } from '../../src/model/model.ts'
import { silenceMeansFailure } from './timing.ts'

/** Silence is taken for an answer that nobody gave. */
const askingNobody: Protocol<Bully> = {
  ...bully,
  step: (self, state, event) => {
    const moved = bully.step(self, state, event)
    return moved.rule === 'stand' ? bully.step(self, moved.state, { type: 'timeout', timer: 'patience' }) : moved
  }
}

export default model({
  name: 'bully-no-question-breaks-same-coordinator',
  protocol: askingNobody,
  nodes: sameNodes('n', 3, null),
  network: fifo(),
  timing: silenceMeansFailure,
  faults: { crashesForGood: 1 },
  properties: [sameCoordinator],
  mayStop: true,
  expect: { violates: 'same-coordinator' }
})
