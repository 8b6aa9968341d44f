/**
 * Broken: a server that answered a leader's round learns of a newer term by a late refusal, forgets that it heard a leader,
 * and votes in that term. No clock runs fast, and nobody crashes.
 */
import { raft } from '../../spec/raft/index.ts'
import { model } from '../../src/model/model.ts'
import { forgetting, leaseReads } from './leases.ts'

export default model({
  ...leaseReads({ ...raft, step: (self, state, event) => forgetting(raft.step(self, state, event)) }),
  name: 'raft-raised-voter-makes-lease-reads-stale',
  expect: { violates: 'linearizable' }
})
