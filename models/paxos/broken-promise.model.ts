/** Broken: an acceptor accepts whatever it is asked to, below its promise as well. Clause P1a is what it lacks. */
import type { Protocol } from '../../spec/kernel/index.ts'
import { agreement, paxos, type Paxos } from '../../spec/paxos/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { cluster, majorityOf, proposals, upToBallot } from './cluster.ts'

const obliging: Protocol<Paxos> = {
  ...paxos,
  step: (self, state, event) =>
    event.type === 'deliver' && event.message.type === 'accept'
      ? paxos.step(self, { ...state, promised: 0 }, event)
      : paxos.step(self, state, event)
}

export default model({
  name: 'paxos-broken-promise-breaks-agreement',
  protocol: obliging,
  nodes: cluster(3),
  network: asynchronous(),
  requests: proposals(2),
  bounds: { node: upToBallot(2) },
  properties: [agreement(majorityOf(3))],
  mayStop: true,
  expect: { violates: 'agreement' }
})
