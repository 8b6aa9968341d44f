/**
 * A leader sends entries while its own disk writes them, and may crash before it has. [Ongaro] §10.2.1. n1 leads in odd terms and
 * n2 in even ones.
 */
import { Natural, Positive } from '../../spec/kernel/index.ts'
import { allApplied, raft, safety } from '../../spec/raft/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { parameter, parametric } from '../../src/model/parameters.ts'
import { asPublished, cluster, commands } from './cluster.ts'
import { journal } from './journal.ts'
import { electingInTurns } from './last-term.ts'

export default parametric(
  {
    servers: parameter(Positive, 3, 'servers'),
    terms: parameter(Positive, 2, 'the last term that there is'),
    entries: parameter(Positive, 1, 'commands of clients'),
    crashes: parameter(Natural, 1, 'crashes with restart, of any server')
  },
  ({ servers, terms, entries, crashes }) =>
    model({
      name: 'raft-parallel-write',
      protocol: electingInTurns(terms, raft),
      nodes: cluster(servers, { ...asPublished, parallelWrite: true }).nodes,
      network: asynchronous(),
      faults: { crashes },
      requests: commands(entries),
      machine: journal,
      mayStop: true,
      properties: [...safety, allApplied]
    })
)
