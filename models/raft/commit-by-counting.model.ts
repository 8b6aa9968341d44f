/**
 * Broken: an entry of an earlier term is taken for committed as soon as a majority holds it. [Raft] §5.4.2, Fig. 8 is
 * the run that this model finds, with three servers instead of five.
 */
import { lastIndex, type NodeView, type Protocol } from '../../spec/kernel/index.ts'
import { committedNeverChanges, isLeading, leaderCompleteness, raft, type Raft } from '../../spec/raft/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { cluster, commands, startsHeartbeat, without } from './cluster.ts'
import { electingInTurns } from './last-term.ts'

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

/** To keep the search short: as in the figure, no entry gets further than its leader before term 3. */
const asInTheFigure = ({ id, durable: { term, log } }: NodeView<Raft>): boolean =>
  log.last === 0 || (log.last === 1 && (id !== 'n3' || term >= 3))

export default model({
  name: 'raft-commit-by-counting-breaks-leader-completeness',
  protocol: without(electingInTurns(4, counting), startsHeartbeat),
  nodes: cluster(3).nodes,
  network: asynchronous(),
  requests: [...commands(1, ['n1']), ...commands(2, ['n2']).slice(1)],
  bounds: { node: asInTheFigure },
  mayStop: true,
  properties: [leaderCompleteness, committedNeverChanges],
  expect: { violates: 'leader-completeness' }
})
