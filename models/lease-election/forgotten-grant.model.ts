/** Broken: a server does not write its grant to disk. It grants, crashes, and grants another server as well. */
import type { Protocol } from '../../spec/kernel/index.ts'
import { durable, leaseElection, oneLeader, type LeaseElection } from '../../spec/lease-election/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { clocksWithin, cluster, upToTick } from './cluster.ts'

const forgettingGrants: Protocol<LeaseElection> = {
  ...leaseElection,
  durable: (state) => ({ ...durable(state), granted: null })
}

export default model({
  name: 'lease-election-forgotten-grant-breaks-one-leader',
  protocol: forgettingGrants,
  nodes: cluster(3, { duration: 2, drift: 1 }),
  network: asynchronous(),
  timing: clocksWithin(1),
  faults: { crashes: 1 },
  bounds: { node: upToTick(1) },
  properties: [oneLeader],
  mayStop: true,
  expect: { violates: 'one-leader' }
})
