/** Broken: a proposer proposes its own value, whatever the acceptors report. P2c is what it lacks. */
import type { Protocol } from '../../spec/kernel/index.ts'
import { agreement, paxos, type Paxos } from '../../spec/paxos/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { cluster, majorityOf, proposals, upToBallot } from './cluster.ts'

const headstrong: Protocol<Paxos> = {
  ...paxos,
  step: (self, state, event) =>
    event.type === 'deliver' && event.message.type === 'promise'
      ? paxos.step(self, state, { ...event, message: { ...event.message, accepted: null } })
      : paxos.step(self, state, event)
}

export default model({
  name: 'paxos-free-choice-breaks-agreement',
  protocol: headstrong,
  nodes: cluster(3),
  network: asynchronous(),
  requests: proposals(2),
  bounds: { node: upToBallot(2) },
  properties: [agreement(majorityOf(3))],
  mayStop: true,
  expect: { violates: 'agreement' }
})
