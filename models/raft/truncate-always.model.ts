/** Broken: a follower cuts its log after prevLogIndex whether there is a conflict or not. A late message undoes an entry. */
import { truncate, type Protocol } from '../../spec/kernel/index.ts'
import { committedNeverChanges, raft, type Raft } from '../../spec/raft/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { cluster, commands, upToTerm } from './cluster.ts'
import { journal } from './journal.ts'

const truncating: Protocol<Raft> = {
  ...raft,
  step: (self, state, event) =>
    event.type === 'deliver' && event.message.type === 'append-entries'
      ? raft.step(self, { ...state, log: truncate(state.log, event.message.prevLogIndex) }, event)
      : raft.step(self, state, event)
}

export default model({
  name: 'raft-truncate-always-undoes-what-is-committed',
  protocol: truncating,
  ...cluster(3),
  network: asynchronous(),
  requests: commands(1),
  machine: journal,
  bounds: { node: upToTerm(1) },
  properties: [committedNeverChanges],
  expect: { violates: 'committed-never-changes' }
})
