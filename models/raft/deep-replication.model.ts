/**
 * Replication of [Raft] Fig. 2, as deep as can be: crashes, commands given at any time, elections at any moment up to the last term, which
 * ends without one, so that every state counts. `lean.ts` says what makes it smaller, and why nothing is lost.
 */
import { Natural, Positive } from '../../spec/kernel/index.ts'
import { allApplied, raft, safety } from '../../spec/raft/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { parameter, parametric } from '../../src/model/parameters.ts'
import { cluster, commands } from './cluster.ts'
import { journal } from './journal.ts'
import { electingUpTo } from './last-term.ts'
import { forgetful, outspoken, prompt } from './lean.ts'

export default parametric(
  {
    servers: parameter(Positive, 3, 'servers'),
    terms: parameter(Positive, 1, 'the last term'),
    entries: parameter(Positive, 1, 'commands of clients'),
    crashes: parameter(Natural, 1, 'crashes with restart, of any server'),
    partitions: parameter(Natural, 1, 'times that the cluster splits in two')
  },
  ({ servers, terms, entries, crashes, partitions }) =>
    model({
      name: 'raft-deep-replication',
      protocol: prompt(outspoken(forgetful(electingUpTo(terms, raft)))),
      ...cluster(servers),
      network: asynchronous(),
      faults: { crashes, partitions: { times: partitions, cuts: 'symmetric' } },
      requests: commands(1).map((command) => ({ ...command, times: entries })),
      machine: journal,
      properties: [...safety, allApplied],
      mayStop: true
    })
)
