/**
 * Elections of [Raft] Fig. 2 and nothing else: no clients, no pre-vote, no check of the quorum; heartbeats, crashes and
 * partitions. The last term ends without an election, so every state counts.
 */
import { Natural, Positive } from '../../spec/kernel/index.ts'
import { elections, raft, someLeader, twoLeaders } from '../../spec/raft/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { parameter, parametric } from '../../src/model/parameters.ts'
import { cluster } from './cluster.ts'
import { electingUpTo } from './last-term.ts'

export default parametric(
  {
    servers: parameter(Positive, 3, 'servers'),
    terms: parameter(Positive, 2, 'the last term'),
    crashes: parameter(Natural, 1, 'crashes with restart, of any server'),
    partitions: parameter(Natural, 1, 'times that the cluster splits in two')
  },
  ({ servers, terms, crashes, partitions }) =>
    model({
      name: 'raft-bounded-election',
      protocol: electingUpTo(terms, raft),
      ...cluster(servers),
      network: asynchronous(),
      faults: { crashes, partitions: { times: partitions, cuts: 'symmetric' } },
      properties: [...elections, someLeader, ...(terms > 1 ? [twoLeaders] : [])],
      mayStop: true
    })
)
