/**
 * Broken: leases, and clocks that keep to no bound. Here any timer may fire at any moment, so a follower may give up its
 * leader before that leader's lease ends, and the leader goes on answering reads.
 */
import { raft, type Raft } from '../../spec/raft/index.ts'
import type { NodeView } from '../../spec/kernel/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { asPublished, cluster, takingTurns, upToTerm } from './cluster.ts'
import { journal, linearizable, writeAndRead } from './journal.ts'

/** To keep the search short. */
const oneRound = (node: NodeView<Raft>): boolean =>
  !node.up || node.state.role.is !== 'leader' || node.state.role.round <= 1

export default model({
  name: 'raft-drifting-lease-reads-are-stale',
  protocol: raft,
  nodes: cluster(3, { ...asPublished, checkQuorum: true, reads: 'lease' }).nodes,
  network: asynchronous(),
  requests: writeAndRead(1),
  machine: journal,
  bounds: { node: (node) => upToTerm(2)(node) && takingTurns(node) && oneRound(node) },
  properties: [linearizable],
  expect: { violates: 'linearizable' }
})
