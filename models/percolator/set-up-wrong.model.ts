/** Somebody asks the oracle and a shard to run transactions, a client is asked while it is busy, and another takes a shard for the oracle. */
import { percolator, percolatorSafety } from '../../spec/percolator/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { cluster, config, transaction } from './cluster.ts'

const t = transaction('t', 'c1', 'w x 1', 'w y 1', 'r y', 'w z 1')

export default model({
  name: 'percolator-set-up-wrong',
  protocol: percolator,
  nodes: { ...cluster(1), c2: { ...config, oracle: 'shard-x' } },
  network: asynchronous(),
  requests: [t, transaction('while-busy', 'c1', 'r x'), { ...t, name: 'elsewhere', at: ['oracle', 'shard-y', 'c2'] }],
  properties: percolatorSafety,
  mayStop: true
})
