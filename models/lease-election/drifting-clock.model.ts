/** Outside the assumption: a clock runs one tick further ahead than the servers were told, and two of them lead. */
import { leaseElection, oneLeader } from '../../spec/lease-election/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { clocksWithin, cluster, upToTick } from './cluster.ts'

export default model({
  name: 'lease-election-drifting-clock-breaks-one-leader',
  protocol: leaseElection,
  nodes: cluster(3, { duration: 2, drift: 1 }),
  network: asynchronous(),
  timing: clocksWithin(2),
  bounds: { node: upToTick(3) },
  properties: [oneLeader],
  mayStop: true,
  expect: { violates: 'one-leader' }
})
