/** A linearizable register when nodes crash at any moment and come back with their copies. */
import { Positive } from '../../spec/kernel/index.ts'
import {
  allHoldOneWrite,
  copiesDiffer,
  copiesOnlyGrowNewer,
  quorumVoting,
  versionsAreUnique
} from '../../spec/quorum-voting/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { parameter, parametric } from '../../src/model/parameters.ts'
import { linearizable, majorities, read, write } from './cluster.ts'

export default parametric({ crashes: parameter(Positive, 2, 'crashes with restart, of any node') }, ({ crashes }) =>
  model({
    name: 'quorum-voting-crashes',
    protocol: quorumVoting,
    nodes: majorities,
    network: asynchronous(),
    faults: { crashes },
    requests: [write('a', 'n1'), read('n2')],
    properties: [linearizable, copiesOnlyGrowNewer, versionsAreUnique, allHoldOneWrite, copiesDiffer],
    mayStop: true
  })
)
