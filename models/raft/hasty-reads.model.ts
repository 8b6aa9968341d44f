/** Broken: a leader answers reads at once. One that was deposed and does not know it answers with the past. */
import { apply, fired, type Protocol } from '../../spec/kernel/index.ts'
import { raft, type Raft } from '../../spec/raft/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { asPublished, cluster, upToTerm } from './cluster.ts'
import { journal, linearizable, writeAndRead } from './journal.ts'

const hasty: Protocol<Raft> = {
  ...raft,
  step: (self, state, event) =>
    event.type === 'request' && event.request.type === 'read' && state.role.is === 'leader'
      ? fired('begin-round', state, apply({ type: 'query', query: event.request.query } as const, event.id))
      : raft.step(self, state, event)
}

export default model({
  name: 'raft-hasty-reads-are-stale',
  protocol: hasty,
  nodes: cluster(3, asPublished).nodes,
  network: asynchronous(),
  requests: writeAndRead(1),
  machine: journal,
  bounds: { node: upToTerm(2) },
  properties: [linearizable],
  expect: { violates: 'linearizable' }
})
