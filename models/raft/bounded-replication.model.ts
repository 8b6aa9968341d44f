/**
 * Replication of [Raft] Fig. 2 with crashes and partitions. The last term ends without an election, so every state counts;
 * the clients give one command, again and again.
 */
import { Natural, Positive } from '../../spec/kernel/index.ts'
import { allApplied, raft, safety } from '../../spec/raft/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { parameter, parametric } from '../../src/model/parameters.ts'
import { cluster, commands } from './cluster.ts'
import { journal } from './journal.ts'
import { electingUpTo } from './last-term.ts'

export default parametric(
  {
    servers: parameter(Positive, 3, 'servers'),
    terms: parameter(Positive, 2, 'the last term'),
    entries: parameter(Positive, 1, 'commands of clients'),
    crashes: parameter(Natural, 0, 'crashes with restart, of any server'),
    partitions: parameter(Natural, 0, 'times that the cluster splits in two')
  },
  ({ servers, terms, entries, crashes, partitions }) =>
    model({
      name: 'raft-bounded-replication',
      protocol: electingUpTo(terms, raft),
      ...cluster(servers),
      network: asynchronous(),
      faults: { crashes, partitions: { times: partitions, cuts: 'symmetric' } },
      requests: commands(1).map((command) => ({ ...command, times: entries })),
      machine: journal,
      properties: [...safety, allApplied],
      mayStop: true
    })
)
