/** Broken: r + w = n. A read quorum need not meet the write quorum, and the read answers with what was before. */
import { quorumVoting } from '../../spec/quorum-voting/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { cluster, linearizable, read, write } from './cluster.ts'

export default model({
  name: 'quorum-voting-stale-read-breaks-linearizable',
  protocol: quorumVoting,
  nodes: cluster([1, 1, 1], { readQuorum: 1, writeQuorum: 2, writeBack: true }),
  network: asynchronous(),
  requests: [write('a', 'n1'), read('n3')],
  properties: [linearizable],
  mayStop: true,
  expect: { violates: 'linearizable' }
})
