/** Broken: a counter that is one number, merged by the maximum. It converges, and two increments count as one. */
import { everyIncrementCountsOnce, growOnlyCounter, peerToPeer } from '../../spec/peer-to-peer/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { cluster, increment, read } from './cluster.ts'

/** All increments go to one entry, whoever makes them. */
const inOneNumber: typeof growOnlyCounter = {
  ...growOnlyCounter,
  update: (sums, operation, { counter }) => growOnlyCounter.update(sums, operation, { node: 'all', counter })
}

export default model({
  name: 'peer-to-peer-counter-by-maximum-misses-increments',
  protocol: peerToPeer(inOneNumber),
  nodes: cluster(2),
  network: asynchronous(),
  requests: [increment(1, 'n1', 'n2'), increment(2, 'n1', 'n2'), read],
  properties: [everyIncrementCountsOnce()],
  mayStop: true,
  expect: { violates: 'every-increment-counts-once' }
})
