/** Broken: a read does not mind locks. The transaction was committed at its primary, and the read finds what was before. */
import { fired, send, type Protocol } from '../../spec/kernel/index.ts'
import { cellOf, percolator, valueIn, type Message, type Percolator } from '../../spec/percolator/index.ts'
import { breaking, reported } from './cluster.ts'

const heedless: Protocol<Percolator> = {
  ...percolator,
  step: (self, state, event) => {
    if (state.role !== 'shard' || event.type !== 'deliver' || event.message.type !== 'get')
      return percolator.step(self, state, event)
    const { key, at } = event.message
    return fired(
      'get',
      state,
      send<Message>(event.from, { type: 'got', key, at, value: valueIn(cellOf(state, key), at) })
    )
  }
}

export default breaking('percolator-no-lock-check-shows-half-a-transaction', heedless, reported)
