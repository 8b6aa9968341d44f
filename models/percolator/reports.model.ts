/** A client that reports twice sees a transfer whole or not at all, and never less than before. */
import { Natural } from '../../spec/kernel/index.ts'
import { percolator, percolatorSafety } from '../../spec/percolator/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { parameter, parametric } from '../../src/model/parameters.ts'
import { cluster, level, transaction } from './cluster.ts'

export default parametric({ crashes: parameter(Natural, 0, 'crashes, of any node') }, ({ crashes }) =>
  model({
    name: 'percolator-reports',
    protocol: percolator,
    nodes: cluster(2),
    network: asynchronous(),
    faults: { crashes },
    requests: [
      transaction('transfer', 'c1', 'w x 1', 'w y 1'),
      transaction('report', 'c2', 'r y', 'r x'),
      transaction('again', 'c2', 'r x')
    ],
    properties: [level('strong-snapshot-isolation'), ...percolatorSafety],
    mayStop: true
  })
)
