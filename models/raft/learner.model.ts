/** A cluster of one grows: a server learns first, and has a vote once it has caught up. [Ongaro] §4.2.1 */
import { Natural, Positive } from '../../spec/kernel/index.ts'
import { membershipChanges, noDisjointMajorities, raft, safety } from '../../spec/raft/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { parameter, parametric } from '../../src/model/parameters.ts'
import { asPublished, changes, cluster, commands, startsHeartbeat, upToTerm, without } from './cluster.ts'

export default parametric(
  {
    terms: parameter(Positive, 1, 'the last term that is followed'),
    entries: parameter(Positive, 1, 'commands of clients'),
    crashes: parameter(Natural, 0, 'crashes with restart, of any server')
  },
  ({ terms, entries, crashes }) =>
    model({
      name: 'raft-learner',
      protocol: without(raft, startsHeartbeat),
      nodes: cluster(3, { ...asPublished, voters: ['n1'], window: 1 }).nodes,
      network: asynchronous(),
      faults: { crashes },
      requests: [
        ...commands(entries, ['n1']),
        changes('learn', ['n1'], ['n1'], ['n2', 'n3']),
        changes('add-n2', ['n1', 'n2'], ['n1'], ['n3']),
        changes('add-nobody', [], ['n1'])
      ],
      bounds: { node: upToTerm(terms) },
      // Whoever has no vote stays out, and a leader has nothing to say when it is idle.
      mayStop: true,
      properties: [...safety, noDisjointMajorities, membershipChanges]
    })
)
