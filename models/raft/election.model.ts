/** Elections under loss, duplication, reordering, a crash and a partition: never two leaders in a term. */
import { Natural, Positive } from '../../spec/kernel/index.ts'
import { elections, raft, someLeader, twoLeaders } from '../../spec/raft/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { parameter, parametric } from '../../src/model/parameters.ts'
import { cluster, upToTerm } from './cluster.ts'

export default parametric(
  {
    servers: parameter(Positive, 3, 'servers'),
    terms: parameter(Positive, 2, 'the last term that is followed'),
    crashes: parameter(Natural, 1, 'crashes with restart, of any server'),
    partitions: parameter(Natural, 1, 'times that the cluster splits in two')
  },
  ({ servers, terms, crashes, partitions }) =>
    model({
      name: 'raft-election',
      protocol: raft,
      ...cluster(servers),
      network: asynchronous(),
      faults: { crashes, partitions: { times: partitions, cuts: 'symmetric' } },
      bounds: { node: upToTerm(terms) },
      properties: [...elections, someLeader, twoLeaders]
    })
)
