/** Broken: a merge keeps the values of both sides, and no version vector is asked which of them were written over. */
import { causalConsistency, multiValue, peerToPeer, union } from '../../spec/peer-to-peer/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { cluster, read, write } from './cluster.ts'

const keepingAll: typeof multiValue = { ...multiValue, merge: (mine, theirs) => union(mine.content, theirs.content) }

export default model({
  name: 'peer-to-peer-returning-sibling-breaks-causal-consistency',
  protocol: peerToPeer(keepingAll),
  nodes: cluster(2),
  network: asynchronous(),
  requests: [write('x', 'n1'), write('y', 'n1', 'n2'), read],
  properties: [causalConsistency()],
  mayStop: true,
  expect: { violates: 'causal-consistency' }
})
