/** A cluster of one: it elects itself, commits at once, and after a crash applies its log again, one entry at a time. */
import { Positive } from '../../spec/kernel/index.ts'
import { allApplied, raft, safety, someLeader } from '../../spec/raft/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { parameter, parametric } from '../../src/model/parameters.ts'
import { asPublished, cluster, commands, upToTerm } from './cluster.ts'
import { journal, linearizable } from './journal.ts'

export default parametric(
  { entries: parameter(Positive, 2, 'commands of clients'), crashes: parameter(Positive, 2, 'crashes with restart') },
  ({ entries, crashes }) =>
    model({
      name: 'raft-alone',
      protocol: raft,
      nodes: cluster(1, { ...asPublished, noop: true, preVote: true, batch: 1 }).nodes,
      network: asynchronous(),
      faults: { crashes },
      requests: [
        ...commands(entries),
        { name: 'read', request: { type: 'read', query: null } },
        { name: 'move-nowhere', request: { type: 'transfer', to: 'n9' } }
      ],
      machine: journal,
      bounds: { node: upToTerm(3) },
      // A leader of none has nothing to say when it is idle.
      mayStop: true,
      properties: [...safety, someLeader, allApplied, linearizable]
    })
)
