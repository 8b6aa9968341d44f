/** Broken: what arrives replaces what is there, and no version vector is asked which of the two is newer. */
import { multiValue, peerToPeer, strongEventualConsistency } from '../../spec/peer-to-peer/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { cluster, write } from './cluster.ts'

const lastToArrive: typeof multiValue = { ...multiValue, merge: (_mine, theirs) => theirs.content }

export default model({
  name: 'peer-to-peer-last-to-arrive-diverges',
  protocol: peerToPeer(lastToArrive),
  nodes: cluster(2),
  network: asynchronous(),
  requests: [write('x', 'n1'), write('y', 'n2')],
  properties: [strongEventualConsistency],
  mayStop: true,
  expect: { violates: 'strong-eventual-consistency' }
})
