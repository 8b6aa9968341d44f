/** Broken: a proposer does not write down which ballots it has begun, nor what for. It begins one again for another value. */
import type { Protocol } from '../../spec/kernel/index.ts'
import { durable, oneValuePerBallot, paxos, type Paxos } from '../../spec/paxos/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { cluster, proposals, upToBallot } from './cluster.ts'

const forgettingBallots: Protocol<Paxos> = {
  ...paxos,
  durable: (state) => ({ ...durable(state), tried: 0, proposal: null })
}

export default model({
  name: 'paxos-reused-ballot-has-two-values',
  protocol: forgettingBallots,
  nodes: cluster(3),
  network: asynchronous(),
  faults: { crashes: 1 },
  requests: proposals(2).map((request) => ({ ...request, at: ['n1'] })),
  bounds: { node: upToBallot(1) },
  properties: [oneValuePerBallot],
  mayStop: true,
  expect: { violates: 'one-value-per-ballot' }
})
