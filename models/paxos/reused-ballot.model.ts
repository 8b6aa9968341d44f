/** Broken: a proposer does not write down which ballots it has begun, nor what for. It begins one again for another value. */
import type { NodeView, Protocol } from '../../spec/kernel/index.ts'
import { durable, oneValuePerBallot, paxos, type Paxos } from '../../spec/paxos/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { cluster, proposals, upToBallot } from './cluster.ts'

const forgettingBallots: Protocol<Paxos> = {
  ...paxos,
  durable: (state) => ({ ...durable(state), tried: 0, proposal: null })
}

/** To keep the search short: nothing is chosen yet, n1 is no acceptor, and the second client comes when the first is gone. */
const early = ({ id, durable: { promised, outcome }, ...node }: NodeView<Paxos>): boolean =>
  outcome === null && (id !== 'n1' || promised === 0) && (!node.up || node.state.clients.length <= 1)

export default model({
  name: 'paxos-reused-ballot-has-two-values',
  protocol: forgettingBallots,
  nodes: cluster(3),
  network: asynchronous(),
  faults: { crashes: 1, crashing: ['n1'] },
  requests: proposals(2).map((request) => ({ ...request, at: ['n1'] })),
  bounds: { node: (node) => upToBallot(1)(node) && early(node) },
  properties: [oneValuePerBallot],
  mayStop: true,
  expect: { violates: 'one-value-per-ballot' }
})
