/** With check-quorum, a leader that nobody answers steps down, and who hears a leader is not talked into an election. */
import { Natural, Positive } from '../../spec/kernel/index.ts'
import { elections, raft, someLeader } from '../../spec/raft/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { parameter, parametric } from '../../src/model/parameters.ts'
import { asPublished, cluster, upToTerm } from './cluster.ts'

export default parametric(
  {
    servers: parameter(Positive, 3, 'servers'),
    terms: parameter(Positive, 1, 'the last term that is followed'),
    crashes: parameter(Natural, 1, 'crashes with restart, of any server'),
    partitions: parameter(Natural, 1, 'times that the cluster splits in two')
  },
  ({ servers, terms, crashes, partitions }) =>
    model({
      name: 'raft-check-quorum',
      protocol: raft,
      ...cluster(servers, { ...asPublished, checkQuorum: true }),
      network: asynchronous(),
      faults: { crashes, partitions: { times: partitions, cuts: 'symmetric' } },
      bounds: { node: upToTerm(terms) },
      properties: [...elections, someLeader]
    })
)
