/** Broken: each leader is content with an acceptor of its own. What one has chosen, the other does not hear of. */
import { agreement, paxosCommit } from '../../spec/paxos-commit/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { clusterOf, endTransaction, nodesOf, upToBallot } from './cluster.ts'

const cluster = clusterOf({ resourceManagers: 1, acceptors: 3, leaders: 2 })

export default model({
  name: 'paxos-commit-two-minorities-break-agreement',
  protocol: paxosCommit,
  nodes: {
    ...nodesOf(cluster),
    l1: { role: 'leader', cluster: { ...cluster, acceptors: ['a1'] } },
    l2: { role: 'leader', cluster: { ...cluster, acceptors: ['a2'] } }
  },
  network: asynchronous(),
  requests: [endTransaction],
  bounds: { node: upToBallot(2) },
  properties: [agreement],
  mayStop: true,
  expect: { violates: 'agreement' }
})
