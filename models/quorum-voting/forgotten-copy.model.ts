/** Broken: a representative does not write its copy to disk. It says that it stored a version, crashes, and never saw it. */
import type { Protocol } from '../../spec/kernel/index.ts'
import { quorumVoting, unwritten, type QuorumVoting } from '../../spec/quorum-voting/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { linearizable, majorities, read, write } from './cluster.ts'

const forgettingCopies: Protocol<QuorumVoting> = { ...quorumVoting, durable: () => ({ copy: unwritten }) }

export default model({
  name: 'quorum-voting-forgotten-copy-breaks-linearizable',
  protocol: forgettingCopies,
  nodes: majorities,
  network: asynchronous(),
  faults: { crashes: 1 },
  requests: [write('a', 'n1'), read('n3')],
  properties: [linearizable],
  mayStop: true,
  expect: { violates: 'linearizable' }
})
