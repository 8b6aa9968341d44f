/** Snapshot isolation across two shards: a transfer, and a report beside it. Any node may crash; messages are lost, doubled, late. */
import { Natural } from '../../spec/kernel/index.ts'
import { percolator, percolatorSafety } from '../../spec/percolator/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { parameter, parametric } from '../../src/model/parameters.ts'
import { cluster, level, transaction } from './cluster.ts'

export default parametric({ crashes: parameter(Natural, 1, 'crashes, of any node') }, ({ crashes }) =>
  model({
    name: 'percolator',
    protocol: percolator,
    nodes: cluster(2),
    network: asynchronous(),
    faults: { crashes },
    requests: [transaction('transfer', 'c1', 'r x', 'w x 1', 'w y 1'), transaction('report', 'c2', 'r y', 'r x')],
    properties: [level('strong-snapshot-isolation'), ...percolatorSafety],
    mayStop: true
  })
)
