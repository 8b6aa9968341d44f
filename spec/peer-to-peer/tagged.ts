/** Values that carry the dot of the update that put them there, and what is left of them in a merge. */
import * as t from 'io-ts'
import { closed } from '../kernel/index.ts'
import type { Replica } from './replicated-type.ts'
import { compareDots, covers, Dot } from './version-vectors.ts'

export const Tagged = closed('Tagged', { dot: Dot, value: t.string })
export type Tagged = t.TypeOf<typeof Tagged>

/** Sorted by node, then counter; no dot twice. */
export type TaggedSet = ReadonlyArray<Tagged>
export const TaggedSet: t.Type<TaggedSet, unknown> = t.readonlyArray(Tagged, 'TaggedSet')

const has = (set: TaggedSet, { dot }: Tagged): boolean => set.some((other) => compareDots(other.dot, dot) === 0)

/** All that are in one of them. */
export const union = (one: TaggedSet, other: TaggedSet): TaggedSet =>
  [...one, ...other.filter((tagged) => !has(one, tagged))].toSorted((a, b) => compareDots(a.dot, b.dot))

/**
 * What survives a merge: what both have, and what one has and the other has not seen. What one has and the other has seen
 * and has no more was overwritten or removed there. So nothing need be kept of what is gone, no tombstone: the version
 * vector remembers it. [Bieniusa12]
 */
export const survivors = (mine: Replica<TaggedSet>, theirs: Replica<TaggedSet>): TaggedSet => {
  const survives = (tagged: Tagged, other: Replica<TaggedSet>): boolean =>
    has(other.content, tagged) || !covers(other.seen, tagged.dot)
  return union(
    mine.content.filter((tagged) => survives(tagged, theirs)),
    theirs.content.filter((tagged) => survives(tagged, mine))
  )
}
