/** Broken: a replica is not on disk. Its node comes back empty, and gives a new write the name of an old one. */
import { multiValue, nothing, peerToPeer, strongEventualConsistency } from '../../spec/peer-to-peer/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { cluster, write } from './cluster.ts'

const register = peerToPeer(multiValue)

const inMemory: typeof register = { ...register, durable: () => ({ seen: nothing, content: multiValue.empty }) }

export default model({
  name: 'peer-to-peer-forgotten-replica-diverges',
  protocol: inMemory,
  nodes: cluster(2),
  network: asynchronous(),
  faults: { crashes: 1 },
  requests: [write('x', 'n1'), write('y', 'n1')],
  properties: [strongEventualConsistency],
  mayStop: true,
  expect: { violates: 'strong-eventual-consistency' }
})
