/** Two clients write at once, and both are told that it is done: with last writer wins, one write is gone. */
import { lastWriterWins, noAcknowledgedWriteIsLost, peerToPeer } from '../../spec/peer-to-peer/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { cluster, read, write } from './cluster.ts'

export default model({
  name: 'peer-to-peer-last-writer-wins-loses-acknowledged-writes',
  protocol: peerToPeer(lastWriterWins),
  nodes: cluster(2),
  network: asynchronous(),
  requests: [write('x', 'n1'), write('y', 'n2'), read],
  properties: [noAcknowledgedWriteIsLost()],
  mayStop: true,
  expect: { violates: 'no-acknowledged-write-is-lost' }
})
