/** Broken: who is elected takes office at once, while the store still takes what older leaders write. */
import type { Protocol } from '../../spec/kernel/index.ts'
import { officeNeedsFence, quorumElection, type QuorumElection } from '../../spec/quorum-election/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { cluster, upToTerm } from './cluster.ts'

const hasty: Protocol<QuorumElection> = {
  ...quorumElection,
  step: (self, state, event) => {
    const moved = quorumElection.step(self, state, event)
    return moved.state.role === 'server' && moved.rule === 'win-election'
      ? { ...moved, state: { ...moved.state, part: { is: 'leader', sequence: 0, pending: [] } } }
      : moved
  }
}

export default model({
  name: 'quorum-election-hasty-office-breaks-office-needs-fence',
  protocol: hasty,
  nodes: cluster(3),
  network: asynchronous(),
  bounds: { node: upToTerm(1) },
  properties: [officeNeedsFence],
  mayStop: true,
  expect: { violates: 'office-needs-fence' }
})
