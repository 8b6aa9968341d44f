/** Broken: a resource manager does not write to disk that it is prepared. It comes back, and aborts what was committed. */
import type { Protocol } from '../../spec/kernel/index.ts'
import { agreement, durable, paxosCommit, type PaxosCommit } from '../../spec/paxos-commit/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { clusterOf, endTransaction, nodesOf, upToBallot } from './cluster.ts'

const forgettingPreparation: Protocol<PaxosCommit> = {
  ...paxosCommit,
  durable: (state) =>
    state.role === 'resource-manager' && state.phase === 'prepared'
      ? { role: 'resource-manager', record: null }
      : durable(state)
}

export default model({
  name: 'paxos-commit-forgotten-preparation-breaks-agreement',
  protocol: forgettingPreparation,
  nodes: nodesOf(clusterOf({ resourceManagers: 1, acceptors: 3, leaders: 1 })),
  network: asynchronous(),
  faults: { crashes: 1 },
  requests: [endTransaction],
  bounds: { node: upToBallot(1) },
  properties: [agreement],
  mayStop: true,
  expect: { violates: 'agreement' }
})
