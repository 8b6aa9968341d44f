/** A client writes at one node and reads at another, without saying what it was told: it does not see its own write. */
import { multiValue, peerToPeer, sessionNeverGoesBack } from '../../spec/peer-to-peer/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { cluster, read, write } from './cluster.ts'

export default model({
  name: 'peer-to-peer-roaming-client-misses-its-own-write',
  protocol: peerToPeer(multiValue),
  nodes: cluster(2),
  network: asynchronous(),
  requests: [write('x', 'n1'), read],
  properties: [sessionNeverGoesBack()],
  mayStop: true,
  expect: { violates: 'session-never-goes-back' }
})
