/** Broken: the vote is not on disk. A server votes, crashes, and votes again in the same term. */
import type { Protocol } from '../../spec/kernel/index.ts'
import { durable, electionSafety, raft, type Raft } from '../../spec/raft/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { cluster, upToTerm } from './cluster.ts'

const forgettingVotes: Protocol<Raft> = { ...raft, durable: (state) => ({ ...durable(state), votedFor: null }) }

export default model({
  name: 'raft-forgotten-vote-breaks-election-safety',
  protocol: forgettingVotes,
  ...cluster(3),
  network: asynchronous(),
  faults: { crashes: 1 },
  bounds: { node: upToTerm(1) },
  properties: [electionSafety],
  expect: { violates: 'election-safety' }
})
