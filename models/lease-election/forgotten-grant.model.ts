/** Broken: a server does not write its grant to disk. It grants, crashes, and grants another server as well. */
import type { Protocol } from '../../spec/kernel/index.ts'
import {
  durable,
  leaseElection,
  oneLeaderWhileClocksAgree,
  type LeaseElection
} from '../../spec/lease-election/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { cluster, upToTick } from './cluster.ts'

const forgettingGrants: Protocol<LeaseElection> = {
  ...leaseElection,
  durable: (state) => ({ ...durable(state), granted: null })
}

export default model({
  name: 'lease-election-forgotten-grant-breaks-one-leader-while-clocks-agree',
  protocol: forgettingGrants,
  nodes: cluster(3, { duration: 2, drift: 1 }),
  network: asynchronous(),
  faults: { crashes: 1 },
  bounds: { node: upToTick(1) },
  properties: [oneLeaderWhileClocksAgree(1)],
  mayStop: true,
  expect: { violates: 'one-leader-while-clocks-agree' }
})
