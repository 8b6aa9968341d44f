/**
 * The first leader and an acceptor may go for good, at any moment: what blocks two-phase commit does not block this. All can
 * still commit, without anything from the two.
 */
import { Natural, Positive } from '../../spec/kernel/index.ts'
import { allDecided, commitWithout, paxosCommit, transactionCommit } from '../../spec/paxos-commit/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { parameter, parametric } from '../../src/model/parameters.ts'
import { clusterOf, endTransaction, nodesOf, upToBallot } from './cluster.ts'

export default parametric(
  {
    resourceManagers: parameter(Positive, 1, 'resource managers'),
    ballots: parameter(Natural, 2, 'the last ballot')
  },
  ({ resourceManagers, ballots }) => {
    const cluster = clusterOf({ resourceManagers, acceptors: 3, leaders: 2 })
    return model({
      name: 'paxos-commit-nonblocking',
      protocol: paxosCommit,
      nodes: nodesOf(cluster),
      network: asynchronous(),
      faults: { crashesForGood: 2, crashing: ['l1', 'a1'] },
      requests: [endTransaction],
      symmetric: [cluster.resourceManagers],
      bounds: { node: upToBallot(ballots) },
      properties: [...transactionCommit, commitWithout(1, 1)],
      mayStop: allDecided
    })
  }
)
