/** Broken: leader and acceptors do not know of a resource manager that has work to commit. All commit but that one. */
import { commitNeedsAllPrepared, paxosCommit } from '../../spec/paxos-commit/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { clusterOf, endTransaction, nodesOf, upToBallot } from './cluster.ts'

const cluster = clusterOf({ resourceManagers: 1, acceptors: 3, leaders: 1 })

export default model({
  name: 'paxos-commit-forgotten-member-commits-without-it',
  protocol: paxosCommit,
  nodes: { ...nodesOf(cluster), r2: { role: 'resource-manager', cluster, vote: 'prepared' } },
  network: asynchronous(),
  requests: [endTransaction],
  bounds: { node: upToBallot(1) },
  properties: [commitNeedsAllPrepared],
  mayStop: true,
  expect: { violates: 'commit-needs-all-prepared' }
})
