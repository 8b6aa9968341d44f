/** Two of three acceptors go for good before they have voted: nobody can commit any more. A majority it must be. */
import { agreement, commitWithout, paxosCommit, stability } from '../../spec/paxos-commit/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { clusterOf, endTransaction, nodesOf, upToBallot } from './cluster.ts'

const cluster = clusterOf({ resourceManagers: 1, acceptors: 3, leaders: 1 })

export default model({
  name: 'paxos-commit-without-majority-never-commits',
  protocol: paxosCommit,
  nodes: nodesOf(cluster),
  network: asynchronous(),
  faults: { crashesForGood: 2, crashing: ['a1', 'a2'] },
  requests: [endTransaction],
  bounds: { node: upToBallot(2) },
  properties: [agreement, stability, commitWithout(0, 2)],
  mayStop: true,
  expect: { unreachable: 'all-commit-without-0-leaders-and-2-acceptors' }
})
