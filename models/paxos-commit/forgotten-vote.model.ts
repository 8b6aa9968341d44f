/** Broken: an acceptor does not write its promises and votes to disk. The majority that had chosen is none any more. */
import type { Protocol } from '../../spec/kernel/index.ts'
import { agreement, durable, paxosCommit, type PaxosCommit } from '../../spec/paxos-commit/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { clusterOf, endTransaction, nodesOf, upToBallot } from './cluster.ts'

const forgettingVotes: Protocol<PaxosCommit> = {
  ...paxosCommit,
  durable: (state) => (state.role === 'acceptor' ? { ...state, promised: 0, votes: {} } : durable(state))
}

export default model({
  name: 'paxos-commit-forgotten-vote-breaks-agreement',
  protocol: forgettingVotes,
  nodes: nodesOf(clusterOf({ resourceManagers: 1, acceptors: 3, leaders: 2 })),
  network: asynchronous(),
  faults: { crashes: 1, crashing: ['a1'] },
  requests: [{ ...endTransaction, at: ['l2'] }],
  bounds: { node: upToBallot(2) },
  properties: [agreement],
  mayStop: true,
  expect: { violates: 'agreement' }
})
