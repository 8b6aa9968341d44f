/**
 * Broken: an entry of an earlier term is taken for committed as soon as a majority holds it. [Raft] §5.4.2, Fig. 8 is
 * the run that this model finds, with three servers instead of five.
 */
import { lastIndex, type Protocol } from '../../spec/kernel/index.ts'
import { committedNeverChanges, isLeading, leaderCompleteness, raft, type Raft } from '../../spec/raft/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { cluster, commands, startsHeartbeat, takingTurns, upToTerm, without } from './cluster.ts'

const counting: Protocol<Raft> = {
  ...raft,
  step: (self, state, event) => {
    const moved = raft.step(self, state, event)
    if (!isLeading(moved.state)) return moved
    const { role, log } = moved.state
    const matches = [lastIndex(log), ...Object.values(role.followers).map(({ match }) => match)]
    const held = matches.toSorted((a, b) => b - a)[Math.floor(self.nodes.length / 2)] ?? 0
    return { ...moved, state: { ...moved.state, commitIndex: Math.max(held, moved.state.commitIndex) } }
  }
}

export default model({
  name: 'raft-commit-by-counting-breaks-leader-completeness',
  protocol: without(counting, startsHeartbeat),
  nodes: cluster(3).nodes,
  network: asynchronous(),
  requests: [...commands(1, ['n1']), ...commands(2, ['n2']).slice(1)],
  // As S1 and S5 do in the figure.
  bounds: { node: (node) => upToTerm(4)(node) && takingTurns(node) },
  properties: [leaderCompleteness, committedNeverChanges],
  expect: { violates: 'leader-completeness' }
})
