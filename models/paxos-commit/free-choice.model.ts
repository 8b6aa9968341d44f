/** Broken: a leader that begins a ballot proposes to abort, without looking at what was voted before. It may have been chosen. */
import type { Protocol } from '../../spec/kernel/index.ts'
import { agreement, paxosCommit, type PaxosCommit } from '../../spec/paxos-commit/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { clusterOf, endTransaction, nodesOf, upToBallot } from './cluster.ts'

const notLooking: Protocol<PaxosCommit> = {
  ...paxosCommit,
  step: (self, state, event) =>
    event.type === 'deliver' && event.message.type === 'phase-1b'
      ? paxosCommit.step(self, state, { ...event, message: { ...event.message, votes: {} } })
      : paxosCommit.step(self, state, event)
}

export default model({
  name: 'paxos-commit-free-choice-breaks-agreement',
  protocol: notLooking,
  nodes: nodesOf(clusterOf({ resourceManagers: 1, acceptors: 3, leaders: 2 })),
  network: asynchronous(),
  requests: [{ ...endTransaction, at: ['l2'] }],
  bounds: { node: upToBallot(2) },
  properties: [agreement],
  mayStop: true,
  expect: { violates: 'agreement' }
})
