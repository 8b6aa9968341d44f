/** Outside the assumption: a node goes down for good, and no number comes round any more. */
import { living } from '../../spec/kernel/index.ts'
import { oneLeader, ringElection } from '../../spec/ring-election/index.ts'
import { model, unordered } from '../../src/model/model.ts'
import { ring } from './ring.ts'

export default model({
  name: 'ring-election-crashed-node-elects-nobody',
  protocol: ringElection,
  nodes: ring(3, 1, 2),
  network: unordered(),
  faults: { crashesForGood: 1 },
  properties: [oneLeader],
  mayStop: ({ nodes }) => living(nodes).every(({ state: { leader } }) => leader !== null),
  expect: 'deadlock'
})
