/** Broken: the store takes writes of any term. A leader that was replaced and does not know it writes nevertheless. */
import type { Protocol } from '../../spec/kernel/index.ts'
import { quorumElection, staleLeaderIsFenced, type QuorumElection } from '../../spec/quorum-election/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { cluster, upToTerm, write } from './cluster.ts'

const withoutFence: Protocol<QuorumElection> = {
  ...quorumElection,
  step: (self, state, event) =>
    quorumElection.step(
      self,
      state.role === 'store' && event.type === 'deliver' && event.message.type === 'write'
        ? { ...state, fence: 0 }
        : state,
      event
    )
}

export default model({
  name: 'quorum-election-no-fence-lets-stale-leader-write',
  protocol: withoutFence,
  nodes: cluster(3),
  network: asynchronous(),
  requests: [write('a', 's1')],
  bounds: { node: upToTerm(2) },
  properties: [staleLeaderIsFenced],
  mayStop: true,
  expect: { violates: 'stale-leader-is-fenced' }
})
