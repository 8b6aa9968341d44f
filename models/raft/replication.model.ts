/** Replication under loss, duplication, reordering, a crash and a partition: what is committed is committed everywhere. */
import { Natural, Positive } from '../../spec/kernel/index.ts'
import { allApplied, raft, safety } from '../../spec/raft/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { parameter, parametric } from '../../src/model/parameters.ts'
import { cluster, commands, upToTerm } from './cluster.ts'
import { journal } from './journal.ts'

export default parametric(
  {
    servers: parameter(Positive, 3, 'servers'),
    terms: parameter(Positive, 2, 'the last term that is followed'),
    entries: parameter(Positive, 1, 'commands of clients'),
    crashes: parameter(Natural, 0, 'crashes with restart, of any server'),
    partitions: parameter(Natural, 0, 'times that the cluster splits in two')
  },
  ({ servers, terms, entries, crashes, partitions }) =>
    model({
      name: 'raft-replication',
      protocol: raft,
      ...cluster(servers),
      network: asynchronous(),
      faults: { crashes, partitions: { times: partitions, cuts: 'symmetric' } },
      requests: commands(entries),
      machine: journal,
      bounds: { node: upToTerm(terms) },
      properties: [...safety, allApplied]
    })
)
