/** Outside the assumption: one message is lost, and nobody is ever elected. */
import { isOver, oneLeader, ringElection } from '../../spec/ring-election/index.ts'
import { model, unordered } from '../../src/model/model.ts'
import { ring } from './ring.ts'

export default model({
  name: 'ring-election-lost-message-elects-nobody',
  protocol: ringElection,
  nodes: ring(3, 1, 2),
  network: unordered({ lose: 1 }),
  properties: [oneLeader],
  mayStop: isOver,
  expect: 'deadlock'
})
