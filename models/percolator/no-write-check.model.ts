/** Broken: a key is locked though it was written since the transaction started. An update is lost. */
import { valueAt, withValue, type Protocol } from '../../spec/kernel/index.ts'
import { percolator, type Percolator } from '../../spec/percolator/index.ts'
import { breaking, transaction } from './cluster.ts'

/** As if nothing had been committed to this key. */
const blind: Protocol<Percolator> = {
  ...percolator,
  step: (self, state, event) => {
    const moved = percolator.step(self, state, event)
    if (state.role !== 'shard' || moved.rule !== 'refuse-lock') return moved
    if (event.type !== 'deliver' || event.message.type !== 'prewrite') return moved
    const { key } = event.message
    const cell = valueAt(state.cells, key)
    if (cell === undefined || cell.lock !== null) return moved
    const locked = percolator.step(
      self,
      { role: 'shard', cells: withValue(state.cells, key, { lock: null, records: [] }) },
      event
    )
    if (locked.state.role !== 'shard') return locked
    const lock = valueAt(locked.state.cells, key)?.lock ?? null
    return { ...locked, state: { role: 'shard', cells: withValue(state.cells, key, { ...cell, lock }) } }
  }
}

export default breaking('percolator-no-write-check-loses-an-update', blind, [
  transaction('t1', 'c1', 'r x', 'w x 1'),
  transaction('t2', 'c2', 'r x', 'w x 2')
])
