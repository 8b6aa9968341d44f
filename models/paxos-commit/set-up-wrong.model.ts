/** A leader that takes everybody for everything: its messages reach nodes that have another part to play, and change nothing. */
import { agreement, paxosCommit, stability } from '../../spec/paxos-commit/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { clusterOf, endTransaction, nodesOf, upToBallot } from './cluster.ts'

const cluster = clusterOf({ resourceManagers: 1, acceptors: 3, leaders: 1 })
const all = ['a1', 'a2', 'a3', 'l1', 'r1']

export default model({
  name: 'paxos-commit-set-up-wrong',
  protocol: paxosCommit,
  nodes: {
    ...nodesOf(cluster),
    l1: { role: 'leader', cluster: { resourceManagers: all, acceptors: all, leaders: all } }
  },
  network: asynchronous(),
  requests: [endTransaction],
  bounds: { node: upToBallot(1) },
  properties: [agreement, stability],
  mayStop: true
})
