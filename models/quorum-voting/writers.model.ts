/** Two writers at once, which may choose the same version number, and crash with a version half stored. */
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
import { linearizable, majorities, read, write } from './cluster.ts'

export default parametric(
  {
    reads: parameter(Natural, 0, 'reads at n3'),
    crashes: parameter(Natural, 2, 'crashes with restart, of any node')
  },
  ({ reads, crashes }) =>
    model({
      name: 'quorum-voting-writers',
      protocol: quorumVoting,
      nodes: majorities,
      network: asynchronous(),
      faults: { crashes },
      requests: [write('a', 'n1'), write('b', 'n2'), ...(reads === 0 ? [] : [{ ...read('n3'), times: reads }])],
      properties: [linearizable, copiesOnlyGrowNewer, versionsAreUnique, allHoldOneWrite, copiesDiffer],
      mayStop: true
    })
)
