/** One server comes, another goes, under loss and a partition of what they say: there is never more than one majority. */
import { Natural, Positive } from '../../spec/kernel/index.ts'
import { membershipChanges, noDisjointMajorities, raft, safety } from '../../spec/raft/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { parameter, parametric } from '../../src/model/parameters.ts'
import { asPublished, changes, cluster, startsHeartbeat, takingTurns, upToTerm, without } from './cluster.ts'

export default parametric(
  {
    terms: parameter(Positive, 2, 'the last term that is followed'),
    crashes: parameter(Natural, 0, 'crashes with restart, of any server')
  },
  ({ terms, crashes }) =>
    model({
      name: 'raft-membership',
      protocol: without(raft, startsHeartbeat),
      nodes: cluster(3, { ...asPublished, noop: true, voters: ['n1', 'n2'] }).nodes,
      network: asynchronous(),
      faults: { crashes },
      requests: [changes('add-n3', ['n1', 'n2', 'n3'], ['n1', 'n2']), changes('remove-n1', ['n2', 'n3'], ['n1', 'n2'])],
      bounds: { node: (node) => upToTerm(terms)(node) && takingTurns(node) },
      properties: [...safety, noDisjointMajorities, membershipChanges]
    })
)
