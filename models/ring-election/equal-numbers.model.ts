/** Outside the assumption: two nodes have the same number. Each takes the other's for its own, and both are elected. */
import { always, living } from '../../spec/kernel/index.ts'
import { ringElection, type RingElection } from '../../spec/ring-election/index.ts'
import { model, unordered } from '../../src/model/model.ts'
import { ring } from './ring.ts'

/** No two nodes take themselves for the leader: with equal numbers, "the leader is 2" does not say which. */
const oneLeads = always<RingElection>('one-leads', ({ nodes }) => {
  const elected = living(nodes).filter(({ id, state: { leader } }) => leader === numbers[id]?.number)
  return elected.length <= 1
})
const numbers = ring(2, 1, 2)

export default model({
  name: 'ring-election-equal-numbers-break-one-leads',
  protocol: ringElection,
  nodes: numbers,
  network: unordered(),
  properties: [oneLeads],
  mayStop: true,
  expect: { violates: 'one-leads' }
})
