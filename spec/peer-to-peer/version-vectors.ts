/**
 * Version vectors: how many updates of each node are in something. [Parker83]
 *
 * A node numbers its own updates from 1, and whoever has its k-th has the k-1 before it, so one number for each node says
 * exactly which updates are there.
 */
import * as t from 'io-ts'
import { closed, NodeId, Positive, setOf } from '../kernel/index.ts'

/** By node, the number of its latest update; a node that is missing has made none. Sorted by node, see {@link join}. */
export const VersionVector = t.readonly(t.record(NodeId, Positive), 'VersionVector')
export type VersionVector = t.TypeOf<typeof VersionVector>

/** Nothing seen. */
export const nothing: VersionVector = {}

/** The name of one update: the `counter`-th that `node` made. Called a dot in [Preguica10]. */
export const Dot = closed('Dot', { node: NodeId, counter: Positive })
export type Dot = t.TypeOf<typeof Dot>

/** The order of a sorted list of dots: by node, then by number. 0 if and only if they are equal. */
export const compareDots = (one: Dot, other: Dot): number =>
  one.node === other.node ? one.counter - other.counter : one.node < other.node ? -1 : 1

/** How many updates of `node` are in it, >= 0. */
export const countOf = (vector: VersionVector, node: NodeId): number => vector[node] ?? 0

/** How many updates are in it. */
export const sizeOf = (vector: VersionVector): number => Object.values(vector).reduce((sum, count) => sum + count, 0)

/** Whether the update is in it. */
export const covers = (vector: VersionVector, { node, counter }: Dot): boolean => countOf(vector, node) >= counter

/** Whether every update of `other` is in `one`, as it also is when they are equal. */
export const includes = (one: VersionVector, other: VersionVector): boolean =>
  Object.entries(other).every(([node, count]) => countOf(one, node) >= count)

/** The update that `node` makes next, having seen these. */
export const nextDot = (seen: VersionVector, node: NodeId): Dot => ({ node, counter: countOf(seen, node) + 1 })

/** The least vector with both in it. Its nodes are sorted, so that equal vectors are equal text. */
export const join = (one: VersionVector, other: VersionVector): VersionVector =>
  Object.fromEntries(
    setOf([...Object.keys(one), ...Object.keys(other)]).map((node) => [
      node,
      Math.max(countOf(one, node), countOf(other, node))
    ])
  )

/** With one more update in it. */
export const withDot = (vector: VersionVector, { node, counter }: Dot): VersionVector =>
  join(vector, { [node]: counter })
