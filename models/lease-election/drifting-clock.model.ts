/** Outside the assumption: a clock runs ahead of the others by more than was declared, and two servers lead. */
import { leaseElection, oneLeader } from '../../spec/lease-election/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { cluster, upToTick } from './cluster.ts'

export default model({
  name: 'lease-election-drifting-clock-breaks-one-leader',
  protocol: leaseElection,
  nodes: cluster(3, { duration: 2, drift: 1 }),
  network: asynchronous(),
  bounds: { node: upToTick(3) },
  properties: [oneLeader],
  mayStop: true,
  expect: { violates: 'one-leader' }
})
