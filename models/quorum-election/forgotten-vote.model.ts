/** Broken: a server does not write its vote to disk. It votes, crashes, and votes again in the same term. */
import type { Protocol } from '../../spec/kernel/index.ts'
import { durable, electionSafety, quorumElection, type QuorumElection } from '../../spec/quorum-election/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { cluster, upToTerm } from './cluster.ts'

const forgettingVotes: Protocol<QuorumElection> = {
  ...quorumElection,
  durable: (state) => {
    const kept = durable(state)
    return kept.role === 'server' ? { ...kept, votedFor: null } : kept
  }
}

export default model({
  name: 'quorum-election-forgotten-vote-breaks-election-safety',
  protocol: forgettingVotes,
  nodes: cluster(3),
  network: asynchronous(),
  faults: { crashes: 1 },
  bounds: { node: upToTerm(1) },
  properties: [electionSafety],
  mayStop: true,
  expect: { violates: 'election-safety' }
})
