/** Broken: who asks around takes the next term at once, as if it had been agreed to. A server that is cut off runs ahead. */
import type { Protocol } from '../../spec/kernel/index.ts'
import { raft, termNeedsMajority, type Raft } from '../../spec/raft/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { asPublished, cluster, upToTerm } from './cluster.ts'

const eager: Protocol<Raft> = {
  ...raft,
  step: (self, state, event) => {
    const moved = raft.step(self, state, event)
    return moved.rule === 'ask-around'
      ? { ...moved, state: { ...moved.state, term: state.term + 1, votedFor: null } }
      : moved
  }
}

export default model({
  name: 'raft-eager-pre-vote-runs-ahead',
  protocol: eager,
  ...cluster(3, { ...asPublished, preVote: true }),
  network: asynchronous(),
  bounds: { node: upToTerm(2) },
  properties: [termNeedsMajority],
  expect: { violates: 'a-term-needs-a-majority' }
})
