/** Two transactions that write the same keys, each with another primary: none waits for the other, and both may be aborted. */
import { Natural } from '../../spec/kernel/index.ts'
import { percolator, percolatorSafety, twoCommit } from '../../spec/percolator/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { parameter, parametric } from '../../src/model/parameters.ts'
import { cluster, level, transaction } from './cluster.ts'

export default parametric({ crashes: parameter(Natural, 0, 'crashes, of any node') }, ({ crashes }) =>
  model({
    name: 'percolator-opposite-order',
    protocol: percolator,
    nodes: cluster(2),
    network: asynchronous(),
    faults: { crashes },
    requests: [transaction('t1', 'c1', 'r x', 'w x 1', 'w y 1'), transaction('t2', 'c2', 'r y', 'w y 2', 'w x 2')],
    properties: [level('strong-snapshot-isolation'), ...percolatorSafety, twoCommit],
    mayStop: true
  })
)
