/**
 * Broken: a writer takes its version number from a write quorum, and two write quorums need not meet. The second write
 * gets the smaller version, and is lost.
 */
import type { Protocol } from '../../spec/kernel/index.ts'
import { quorumVoting, type QuorumVoting } from '../../spec/quorum-voting/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { cluster, linearizable, read, write } from './cluster.ts'

const countingWriteQuorums: Protocol<QuorumVoting> = {
  ...quorumVoting,
  step: (self, state, event) =>
    event.type === 'request' && event.request.type === 'write'
      ? quorumVoting.step({ ...self, config: { ...self.config, readQuorum: self.config.writeQuorum } }, state, event)
      : quorumVoting.step(self, state, event)
}

export default model({
  name: 'quorum-voting-lost-update-breaks-linearizable',
  protocol: countingWriteQuorums,
  nodes: cluster([1, 1, 1], { readQuorum: 3, writeQuorum: 1, writeBack: true }),
  network: asynchronous(),
  requests: [write('a', 'n2'), write('b', 'n1'), read('n3')],
  properties: [linearizable],
  mayStop: true,
  expect: { violates: 'linearizable' }
})
