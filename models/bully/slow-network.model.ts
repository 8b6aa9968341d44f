/** Outside the assumption: a message takes longer than a node is patient. The lowest takes the others for down, and leads too. */
import { bully, oneCoordinator } from '../../spec/bully/index.ts'
import { asynchronous, model, sameNodes } from '../../src/model/model.ts'

export default model({
  name: 'bully-slow-network-breaks-one-coordinator',
  protocol: bully,
  nodes: sameNodes('n', 3, null),
  network: asynchronous(),
  properties: [oneCoordinator],
  mayStop: true,
  expect: { violates: 'one-coordinator' }
})
