/** Reads that do not write back, with one writer: a regular register, which is less than a linearizable one. */
import { Natural } from '../../spec/kernel/index.ts'
import { allHoldOneWrite, copiesDiffer, copiesOnlyGrowNewer, quorumVoting } from '../../spec/quorum-voting/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { parameter, parametric } from '../../src/model/parameters.ts'
import { cluster, read, write } from './cluster.ts'
import { regular } from './regular.ts'

export default parametric({ crashes: parameter(Natural, 1, 'crashes with restart, of any node') }, ({ crashes }) =>
  model({
    name: 'quorum-voting-regular',
    protocol: quorumVoting,
    nodes: cluster([1, 1, 1], { readQuorum: 2, writeQuorum: 2, writeBack: false }),
    network: asynchronous(),
    faults: { crashes },
    requests: [write('a', 'n1'), read('n2'), read('n3')],
    properties: [regular, copiesOnlyGrowNewer, allHoldOneWrite, copiesDiffer],
    mayStop: true
  })
)
