/** Votes 2, 1, 1 with r = 2 and w = 3: n1 reads alone, and no write goes without it. After the second example of [Gifford79]. */
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
    name: 'quorum-voting-weighted',
    protocol: quorumVoting,
    nodes: cluster([2, 1, 1], { readQuorum: 2, writeQuorum: 3, writeBack: true }),
    network: asynchronous(),
    faults: { crashes },
    requests: [write('a', 'n2'), read('n1'), read('n3')],
    properties: [linearizable, copiesOnlyGrowNewer, versionsAreUnique, allHoldOneWrite, copiesDiffer],
    mayStop: true
  })
)
