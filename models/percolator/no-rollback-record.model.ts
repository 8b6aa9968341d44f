/**
 * Broken: a transaction that is rolled back leaves no record. Its prewrite comes a second time, locks the primary again, and
 * the client commits what others have rolled back.
 */
import { valueAt, withValue, type Protocol } from '../../spec/kernel/index.ts'
import { percolator, type Percolator } from '../../spec/percolator/index.ts'
import { breaking, reported } from './cluster.ts'

const withoutTrace: Protocol<Percolator> = {
  ...percolator,
  step: (self, state, event) => {
    const moved = percolator.step(self, state, event)
    if (moved.rule !== 'roll-back' || moved.state.role !== 'shard') return moved
    if (event.type !== 'deliver' || event.message.type !== 'resolve') return moved
    const { key, start } = event.message
    const cell = valueAt(moved.state.cells, key)
    if (cell === undefined) return moved
    const records = cell.records.filter((record) => record.start !== start)
    return { ...moved, state: { role: 'shard', cells: withValue(moved.state.cells, key, { ...cell, records }) } }
  }
}

export default breaking('percolator-no-rollback-record-revives-a-transaction', withoutTrace, reported)
