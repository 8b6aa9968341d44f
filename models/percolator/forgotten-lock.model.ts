/** Broken: a shard does not write its locks to disk. It crashes, and what it had promised to write is gone. */
import { mapValues, type Protocol } from '../../spec/kernel/index.ts'
import { durable, percolator, type Percolator } from '../../spec/percolator/index.ts'
import { breaking, transaction } from './cluster.ts'

const forgetful: Protocol<Percolator> = {
  ...percolator,
  durable: (state) =>
    state.role === 'shard'
      ? { role: 'shard', cells: mapValues(state.cells, (cell) => ({ ...cell, lock: null })) }
      : durable(state)
}

export default breaking(
  'percolator-forgotten-lock-tears-a-transaction',
  forgetful,
  [transaction('transfer', 'c1', 'w x 1', 'w y 1'), transaction('report', 'c2', 'r x', 'r y')],
  { crashes: 1, crashing: ['shard-y'] }
)
