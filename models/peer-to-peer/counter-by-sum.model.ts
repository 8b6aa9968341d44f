/** Broken: a merge adds the counts of both sides. It is not idempotent: what was merged before counts again. */
import { countOf, growOnlyCounter, join, peerToPeer, strongEventualConsistency } from '../../spec/peer-to-peer/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { cluster, increment } from './cluster.ts'

const byAdding: typeof growOnlyCounter = {
  ...growOnlyCounter,
  merge: (mine, theirs) =>
    Object.keys(theirs.content).reduce(
      (sums, node) => join(sums, { [node]: countOf(mine.content, node) + countOf(theirs.content, node) }),
      mine.content
    )
}

export default model({
  name: 'peer-to-peer-counter-by-sum-diverges',
  protocol: peerToPeer(byAdding),
  nodes: cluster(2),
  network: asynchronous(),
  requests: [{ ...increment(1, 'n1'), times: 2 }],
  properties: [strongEventualConsistency],
  mayStop: true,
  expect: { violates: 'strong-eventual-consistency' }
})
