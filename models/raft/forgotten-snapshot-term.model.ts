/**
 * Broken: a snapshot does not say of which term its last entry was. The server takes its own log for one that is out of
 * date, and votes for somebody whose log is. [Raft] §7
 */
import type { NodeView, Protocol } from '../../spec/kernel/index.ts'
import { leaderCompleteness, raft, type Raft } from '../../spec/raft/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { asPublished, cluster, commands, startsHeartbeat, without } from './cluster.ts'
import { electingInTurns } from './last-term.ts'
import { journal } from './journal.ts'

const forgetting: Protocol<Raft> = {
  ...raft,
  step: (self, state, event) => {
    const moved = raft.step(self, state, event)
    return moved.rule === 'compact-log'
      ? { ...moved, state: { ...moved.state, snapshot: { ...moved.state.snapshot, lastTerm: 0 } } }
      : moved
  }
}

/** To keep the search short: n3 hears of the second leader only. */
const asInTheRun = ({ id, durable: { term } }: NodeView<Raft>): boolean => id !== 'n3' || term !== 1

export default model({
  name: 'raft-forgotten-snapshot-term-breaks-leader-completeness',
  protocol: without(electingInTurns(3, forgetting), startsHeartbeat),
  nodes: { ...cluster(3).nodes, n2: { ...asPublished, snapshotEvery: 1 } },
  network: asynchronous(),
  requests: [...commands(1, ['n1']), ...commands(2, ['n2']).slice(1)],
  machine: journal,
  bounds: { node: asInTheRun },
  mayStop: true,
  properties: [leaderCompleteness],
  expect: { violates: 'leader-completeness' }
})
