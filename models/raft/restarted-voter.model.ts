/**
 * Broken: a server that answered a leader's round crashes, and votes as soon as it is back. The leader goes by its lease, which
 * is as good as that answer.
 */
import { raft } from '../../spec/raft/index.ts'
import { model } from '../../src/model/model.ts'
import { forgetting, leaseReads } from './leases.ts'

export default model({
  ...leaseReads({ ...raft, recover: (self, disk) => forgetting(raft.recover(self, disk)) }),
  name: 'raft-restarted-voter-makes-lease-reads-stale',
  faults: { crashes: 1, crashing: ['n3'] },
  expect: { violates: 'linearizable' }
})
