/** Two transactions that write the same keys: one of them is aborted, or comes after the other. */
import { Natural } from '../../spec/kernel/index.ts'
import { percolator, percolatorSafety, twoCommit } from '../../spec/percolator/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { parameter, parametric } from '../../src/model/parameters.ts'
import { cluster, level, transaction } from './cluster.ts'

export default parametric({ crashes: parameter(Natural, 1, 'crashes, of any node') }, ({ crashes }) =>
  model({
    name: 'percolator-conflict',
    protocol: percolator,
    nodes: cluster(2),
    network: asynchronous(),
    faults: { crashes },
    requests: [transaction('t1', 'c1', 'r x', 'w x 1', 'w y 1'), transaction('t2', 'c2', 'r x', 'w x 2', 'w y 2')],
    properties: [level('strong-snapshot-isolation'), ...percolatorSafety, twoCommit],
    mayStop: true
  })
)
