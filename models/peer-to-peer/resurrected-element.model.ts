/** Broken: a merge keeps the elements of both sides, and no version vector is asked which of them were removed. */
import { observedRemoveSet, peerToPeer, removedStaysAway, union } from '../../spec/peer-to-peer/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { add, cluster, read, remove } from './cluster.ts'

const keepingAll: typeof observedRemoveSet = {
  ...observedRemoveSet,
  merge: (mine, theirs) => union(mine.content, theirs.content)
}

export default model({
  name: 'peer-to-peer-resurrected-element-comes-back',
  protocol: peerToPeer(keepingAll),
  nodes: cluster(2),
  network: asynchronous(),
  requests: [add('a', 'n1'), remove('a', 'n1', 'n2'), read],
  properties: [removedStaysAway()],
  mayStop: true,
  expect: { violates: 'removed-stays-away' }
})
