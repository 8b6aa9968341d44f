/** Broken: the time of a write is read from the clock of its node, and one clock is ahead. */
import type { NodeId } from '../../spec/kernel/index.ts'
import { causalConsistency, lastWriterWins, latest, peerToPeer } from '../../spec/peer-to-peer/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { cluster, read, write } from './cluster.ts'

/** What each clock shows when nothing was written yet. It goes on by one from write to write, and never back. */
const clocks: Readonly<Record<NodeId, number>> = { n1: 10, n2: 0 }

const byPhysicalClock: typeof lastWriterWins = {
  ...lastWriterWins,
  update: (held, { value }, { node, counter }) => latest(held, { value, time: (clocks[node] ?? 0) + counter, node })
}

export default model({
  name: 'peer-to-peer-physical-clock-loses-a-later-write',
  protocol: peerToPeer(byPhysicalClock),
  nodes: cluster(2),
  network: asynchronous(),
  requests: [write('x', 'n1'), write('y', 'n2'), read],
  properties: [causalConsistency()],
  mayStop: true,
  expect: { violates: 'causal-consistency' }
})
