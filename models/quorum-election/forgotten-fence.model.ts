/** Broken: the store does not write its fence to disk. After a crash it takes writes of terms that it had shut out. */
import type { Protocol } from '../../spec/kernel/index.ts'
import { durable, officeNeedsFence, quorumElection, type QuorumElection } from '../../spec/quorum-election/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { cluster, upToTerm } from './cluster.ts'

const forgettingFences: Protocol<QuorumElection> = {
  ...quorumElection,
  durable: (state) => {
    const kept = durable(state)
    return kept.role === 'store' ? { ...kept, fence: kept.content?.term ?? 0 } : kept
  }
}

export default model({
  name: 'quorum-election-forgotten-fence-breaks-office-needs-fence',
  protocol: forgettingFences,
  nodes: cluster(3),
  network: asynchronous(),
  faults: { crashes: 1, crashing: ['store'] },
  bounds: { node: upToTerm(1) },
  properties: [officeNeedsFence],
  mayStop: true,
  expect: { violates: 'office-needs-fence' }
})
