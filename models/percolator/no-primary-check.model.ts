/** Broken: who meets a lock rolls it back without a look at its primary. The transaction was committed, and half of it goes. */
import type { Protocol } from '../../spec/kernel/index.ts'
import { percolator, type Percolator } from '../../spec/percolator/index.ts'
import { breaking, reported } from './cluster.ts'

/** As if the primary had answered that it was rolled back. */
const rash: Protocol<Percolator> = {
  ...percolator,
  step: (self, state, event) => {
    const moved = percolator.step(self, state, event)
    if (moved.rule !== 'ask-primary' || event.type !== 'deliver' || event.message.type !== 'locked') return moved
    const { start, primary } = event.message
    const message = { type: 'resolved', key: primary, start, outcome: null } as const
    return percolator.step(self, moved.state, { type: 'deliver', from: event.from, message })
  }
}

export default breaking('percolator-no-primary-check-tears-a-transaction', rash, reported)
