/** Broken: a vote is granted without asking whose log is more up to date. §5.4.1 is what it lacks. */
import type { Protocol } from '../../spec/kernel/index.ts'
import { leaderCompleteness, raft, type Raft } from '../../spec/raft/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { cluster, commands, takingTurns, upToTerm } from './cluster.ts'
import { journal } from './journal.ts'

const impressed: Protocol<Raft> = {
  ...raft,
  step: (self, state, event) =>
    event.type === 'deliver' && event.message.type === 'request-vote'
      ? raft.step(self, state, { ...event, message: { ...event.message, lastLogTerm: Number.MAX_SAFE_INTEGER } })
      : raft.step(self, state, event)
}

export default model({
  name: 'raft-careless-vote-breaks-leader-completeness',
  protocol: impressed,
  nodes: cluster(3).nodes,
  network: asynchronous(),
  requests: commands(1, ['n1']),
  machine: journal,
  bounds: { node: (node) => upToTerm(2)(node) && takingTurns(node) },
  properties: [leaderCompleteness],
  expect: { violates: 'leader-completeness' }
})
