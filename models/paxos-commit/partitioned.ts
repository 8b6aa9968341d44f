/** The model of a partition, of whichever kind. */
import { Natural, Positive } from '../../spec/kernel/index.ts'
import { allDecided, paxosCommit, transactionCommit } from '../../spec/paxos-commit/index.ts'
import { asynchronous, model } from '../../src/model/index.ts'
import { parameter, parametric } from '../../src/model/parameters.ts'
import { clusterOf, crashing, endTransaction, nodesOf, upToBallot } from './cluster.ts'

export const partitioned = (name: string, cuts: 'symmetric' | 'one-way') =>
  parametric(
    {
      resourceManagers: parameter(Positive, 1, 'resource managers'),
      ballots: parameter(Natural, 1, 'the last ballot'),
      crashes: parameter(Natural, 1, 'crashes with restart, of any node')
    },
    ({ resourceManagers, ballots, crashes }) => {
      const cluster = clusterOf({ resourceManagers, acceptors: 3, leaders: 1 })
      return model({
        name,
        protocol: paxosCommit,
        nodes: nodesOf(cluster),
        network: asynchronous(),
        faults: { crashes, crashing: crashing(cluster, crashes), partitions: { times: 1, cuts } },
        requests: [endTransaction],
        bounds: { node: upToBallot(ballots) },
        properties: transactionCommit,
        mayStop: allDecided
      })
    }
  )
