/** One resource manager votes to abort, and clients ask whom they find: nobody commits. */
import { always } from '../../spec/kernel/index.ts'
import {
  agreement,
  allAbort,
  allDecided,
  decisionOf,
  paxosCommit,
  stability,
  type PaxosCommit
} from '../../spec/paxos-commit/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { clusterOf, endTransaction, nodesOf, upToBallot } from './cluster.ts'

const cluster = clusterOf({ resourceManagers: 1, acceptors: 3, leaders: 1 })

const nobodyCommits = always<PaxosCommit>('nobody-commits', ({ nodes }) =>
  nodes.every((node) => decisionOf(node) !== 'commit')
)

export default model({
  name: 'paxos-commit-no-vote',
  protocol: paxosCommit,
  nodes: nodesOf(cluster, 'aborted'),
  network: asynchronous(),
  faults: { crashes: 1 },
  requests: [
    { ...endTransaction, times: 2 },
    { ...endTransaction, name: 'end-elsewhere', at: ['r1', 'a1'] }
  ],
  symmetric: [['a2', 'a3']],
  bounds: { node: upToBallot(1) },
  properties: [agreement, stability, nobodyCommits, allAbort],
  mayStop: allDecided
})
