/** Broken: a leader counts its lease from when the grants come in, not from when it asked. A grant may have been long under way. */
import type { Protocol } from '../../spec/kernel/index.ts'
import { leaseElection, oneLeader, type LeaseElection } from '../../spec/lease-election/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { clocksWithin, cluster, upToTick } from './cluster.ts'

const countingFromGrant: Protocol<LeaseElection> = {
  ...leaseElection,
  step: (self, state, event) => {
    const moved = leaseElection.step(self, state, event)
    return moved.rule === 'take-lease'
      ? { ...moved, state: { ...moved.state, lease: moved.state.clock + self.config.duration } }
      : moved
  }
}

export default model({
  name: 'lease-election-counted-from-grant-breaks-one-leader',
  protocol: countingFromGrant,
  nodes: cluster(3, { duration: 3, drift: 1 }),
  network: asynchronous(),
  timing: clocksWithin(1),
  bounds: { node: upToTick(3) },
  properties: [oneLeader],
  mayStop: true,
  expect: { violates: 'one-leader' }
})
