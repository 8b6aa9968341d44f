/** Broken: reads do not write back. A read finds a write that is under way, and the next one does not. */
import { quorumVoting } from '../../spec/quorum-voting/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { cluster, linearizable, read, write } from './cluster.ts'

export default model({
  name: 'quorum-voting-no-write-back-breaks-linearizable',
  protocol: quorumVoting,
  nodes: cluster([1, 1, 1], { readQuorum: 2, writeQuorum: 2, writeBack: false }),
  network: asynchronous(),
  requests: [write('a', 'n1'), read('n2'), read('n3')],
  properties: [linearizable],
  mayStop: true,
  expect: { violates: 'linearizable' }
})
