/**
 * Broken: a leader changes a server before anything of its own term is committed. The change of the leader before it may
 * still be on its way, and of two changes that each move one server, the majorities need have nobody in common.
 * Four servers, of which each leader removes one. [Ongaro15]
 */
import type { NodeView, Protocol } from '../../spec/kernel/index.ts'
import {
  appendConfiguration,
  isLeading,
  latest,
  leaderCompleteness,
  nextConfiguration,
  raft,
  type Raft
} from '../../spec/raft/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { changes, cluster, startsHeartbeat, without } from './cluster.ts'
import { electingInTurns } from './last-term.ts'

const hasty: Protocol<Raft> = {
  ...raft,
  step: (self, state, event) => {
    const moved = raft.step(self, state, event)
    if (moved.rule !== 'refuse-early-change' || !isLeading(state) || event.type !== 'request') return moved
    if (event.request.type !== 'change-membership') return moved
    const configuration = nextConfiguration(latest(state), event.request)
    return { rule: 'change-membership', ...appendConfiguration(self, state, configuration, event.id) }
  }
}

/** To keep the search short: n4 hears of the second leader only, and n3 only votes. */
const asInTheRun = ({ id, durable: { term, log } }: NodeView<Raft>): boolean =>
  (id !== 'n4' || term !== 1) && (id !== 'n3' || log.last === 0)

export default model({
  name: 'raft-early-change-breaks-leader-completeness',
  protocol: without(electingInTurns(3, hasty), startsHeartbeat),
  nodes: cluster(4).nodes,
  network: asynchronous(),
  requests: [changes('remove-n4', ['n1', 'n2', 'n3'], ['n1']), changes('remove-n1', ['n2', 'n3', 'n4'], ['n2'])],
  bounds: { node: asInTheRun },
  mayStop: true,
  properties: [leaderCompleteness],
  expect: { violates: 'leader-completeness' }
})
