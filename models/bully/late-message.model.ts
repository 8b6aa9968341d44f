/**
 * Outside the assumption: nobody is taken for down who is up, but messages come late, twice and in any order. What a coordinator said
 * before it failed arrives when another leads already.
 */
import { bully, sameCoordinator } from '../../spec/bully/index.ts'
import { asynchronous, model, sameNodes } from '../../src/model/model.ts'
import { silenceMeansFailure } from './timing.ts'

export default model({
  name: 'bully-late-message-breaks-same-coordinator',
  protocol: bully,
  nodes: sameNodes('n', 4, null),
  network: asynchronous(),
  timing: silenceMeansFailure,
  faults: { crashesForGood: 2 },
  properties: [sameCoordinator],
  mayStop: true,
  expect: { violates: 'same-coordinator' }
})
