/** Broken: a transaction commits at the time when it started. Who started in between has read what was before, and reads on. */
import type { Protocol } from '../../spec/kernel/index.ts'
import { percolator, type Percolator } from '../../spec/percolator/index.ts'
import { breaking, reported } from './cluster.ts'

/** As if the oracle had given the start timestamp once more. */
const early: Protocol<Percolator> = {
  ...percolator,
  step: (self, state, event) => {
    const moved = percolator.step(self, state, event)
    if (moved.rule !== 'ask-for-commit-timestamp' || moved.state.role !== 'client' || moved.state.running === null)
      return moved
    const { id, start } = moved.state.running
    const message = { type: 'given', transaction: id, purpose: 'commit', timestamp: start } as const
    return percolator.step(self, moved.state, { type: 'deliver', from: self.config.oracle, message })
  }
}

export default breaking('percolator-early-timestamp-changes-a-snapshot', early, reported)
