/** r = 3 and w = 1: write quorums need not meet each other, as long as each writer asks a read quorum for the version. */
import { Natural } from '../../spec/kernel/index.ts'
import {
  allHoldOneWrite,
  copiesDiffer,
  copiesOnlyGrowNewer,
  quorumVoting,
  versionsAreUnique
} from '../../spec/quorum-voting/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { parameter, parametric } from '../../src/model/parameters.ts'
import { cluster, linearizable, read, write } from './cluster.ts'

export default parametric({ crashes: parameter(Natural, 0, 'crashes with restart, of any node') }, ({ crashes }) =>
  model({
    name: 'quorum-voting-write-one',
    protocol: quorumVoting,
    nodes: cluster([1, 1, 1], { readQuorum: 3, writeQuorum: 1, writeBack: true }),
    network: asynchronous(),
    faults: { crashes },
    requests: [write('a', 'n2'), write('b', 'n1'), read('n3')],
    properties: [linearizable, copiesOnlyGrowNewer, versionsAreUnique, allHoldOneWrite, copiesDiffer],
    mayStop: true
  })
)
