/** Broken: of the values that acceptors report, a proposer takes the one of the lowest ballot instead of the highest. */
import type { NodeView, Protocol } from '../../spec/kernel/index.ts'
import { agreement, paxos, type Paxos } from '../../spec/paxos/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { cluster, majorityOf, proposals, upToBallot } from './cluster.ts'

const lowest: Protocol<Paxos> = {
  ...paxos,
  step: (self, state, event) => {
    const { attempt } = state
    if (event.type !== 'deliver' || event.message.type !== 'promise' || attempt.is !== 'preparing')
      return paxos.step(self, state, event)
    const { accepted } = event.message
    const { highest } = attempt
    const isLower = accepted !== null && highest !== null && accepted.ballot < highest.ballot
    const heard = { ...event.message, accepted: highest ?? accepted }
    return paxos.step(
      self,
      isLower ? { ...state, attempt: { ...attempt, highest: null } } : state,
      isLower ? event : { ...event, message: heard }
    )
  }
}

/** To keep the search short: who begins a ballot has seen the one before, and n1 takes no part in the second. */
const oneAfterTheOther = ({ id, durable: { tried, promised, accepted } }: NodeView<Paxos>): boolean =>
  (tried !== 2 || promised > 0) && (tried !== 3 || accepted !== null) && (id !== 'n1' || promised !== 2)

export default model({
  name: 'paxos-lowest-proposal-breaks-agreement',
  protocol: lowest,
  nodes: cluster(3),
  network: asynchronous(),
  requests: proposals(3),
  bounds: { node: (node) => upToBallot(3)(node) && oneAfterTheOther(node) },
  properties: [agreement(majorityOf(3))],
  mayStop: true,
  expect: { violates: 'agreement' }
})
