/** Atomic commit on links that keep order and lose nothing: crashes cut between the effects of one step. */
import { Natural, Positive } from '../../spec/kernel/index.ts'
import { transactionCommit } from '../../spec/paxos-commit/index.ts'
import { fifo, model } from '../../src/model/index.ts'
import { parameter, parametric } from '../../src/model/parameters.ts'
import { askingOnce, clusterOf, crashing, endTransaction, nodesOf, upToBallot } from './cluster.ts'

export default parametric(
  {
    resourceManagers: parameter(Positive, 1, 'resource managers'),
    ballots: parameter(Natural, 1, 'the last ballot'),
    crashes: parameter(Natural, 1, 'crashes with restart, of any node')
  },
  ({ resourceManagers, ballots, crashes }) => {
    const cluster = clusterOf({ resourceManagers, acceptors: 3, leaders: 1 })
    return model({
      name: 'paxos-commit-fifo',
      protocol: askingOnce,
      nodes: nodesOf(cluster),
      network: fifo(),
      faults: { crashes, crashing: crashing(cluster, crashes) },
      requests: [endTransaction],
      bounds: { node: upToBallot(ballots) },
      properties: transactionCommit,
      // A resource manager that asks before there is a decision gets no answer, and asks no more.
      mayStop: true
    })
  }
)
