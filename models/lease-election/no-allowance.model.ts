/** Broken: a leader makes no allowance for drift. Its clock is slow, though not slower than was declared. */
import { leaseElection, oneLeaderWhileClocksAgree } from '../../spec/lease-election/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { cluster, upToTick } from './cluster.ts'

export default model({
  name: 'lease-election-no-allowance-breaks-one-leader-while-clocks-agree',
  protocol: leaseElection,
  nodes: cluster(3, { duration: 2, drift: 0 }),
  network: asynchronous(),
  bounds: { node: upToTick(3) },
  properties: [oneLeaderWhileClocksAgree(1)],
  mayStop: true,
  expect: { violates: 'one-leader-while-clocks-agree' }
})
