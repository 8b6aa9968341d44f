/**
 * Broken: a node that finds no higher one up leads at once, and makes nobody stop: the algorithm as it is often told. Two
 * nodes are at work under different coordinators.
 */
import { fired, sendAll, type Protocol } from '../../spec/kernel/index.ts'
import { bully, lowerThan, sameCoordinator, type Bully, type Message } from '../../spec/bully/index.ts'
import { fifo, model, sameNodes } from '../../src/model/model.ts'
import { silenceMeansFailure } from './timing.ts'

const withoutHalt: Protocol<Bully> = {
  ...bully,
  step: (self, state, event) => {
    if (event.type === 'deliver' && event.message.type === 'new-coordinator')
      return fired('follow', { phase: 'normal', coordinator: event.from })
    return state.phase === 'asking' && event.type === 'timeout'
      ? fired(
          'lead',
          { phase: 'normal', coordinator: self.id },
          sendAll<Message>(lowerThan(self), { type: 'new-coordinator' })
        )
      : bully.step(self, state, event)
  }
}

export default model({
  name: 'bully-no-halt-breaks-same-coordinator',
  protocol: withoutHalt,
  nodes: sameNodes('n', 4, null),
  network: fifo(),
  timing: silenceMeansFailure,
  faults: { crashesForGood: 1 },
  properties: [sameCoordinator],
  mayStop: true,
  expect: { violates: 'same-coordinator' }
})
