/** Two leaders begin ballots against each other, as long as they like, and never choose differently. */
import { Natural, Positive } from '../../spec/kernel/index.ts'
import { allDecided, paxosCommit, transactionCommit } from '../../spec/paxos-commit/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { parameter, parametric } from '../../src/model/parameters.ts'
import { clusterOf, crashing, endTransaction, nodesOf, upToBallot } from './cluster.ts'

export default parametric(
  {
    resourceManagers: parameter(Positive, 1, 'resource managers'),
    acceptors: parameter(Positive, 3, 'acceptors'),
    leaders: parameter(Positive, 2, 'leaders'),
    ballots: parameter(Natural, 2, 'the last ballot'),
    crashes: parameter(Natural, 1, 'crashes with restart, of any node')
  },
  ({ ballots, crashes, ...sizes }) => {
    const cluster = clusterOf(sizes)
    return model({
      name: 'paxos-commit-two-leaders',
      protocol: paxosCommit,
      nodes: nodesOf(cluster),
      network: asynchronous(),
      faults: { crashes, crashing: crashing(cluster, crashes) },
      requests: [endTransaction],
      symmetric: [cluster.resourceManagers, cluster.acceptors],
      bounds: { node: upToBallot(ballots) },
      properties: transactionCommit,
      mayStop: allDecided
    })
  }
)
