/** Broken: a leader makes no allowance for drift. Its clock is slow, though not slower than was declared. */
import { leaseElection, oneLeader } from '../../spec/lease-election/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { clocksWithin, cluster, upToTick } from './cluster.ts'

export default model({
  name: 'lease-election-no-allowance-breaks-one-leader',
  protocol: leaseElection,
  nodes: cluster(3, { duration: 2, drift: 0 }),
  network: asynchronous(),
  timing: clocksWithin(1),
  bounds: { node: upToTick(3) },
  properties: [oneLeader],
  mayStop: true,
  expect: { violates: 'one-leader' }
})
