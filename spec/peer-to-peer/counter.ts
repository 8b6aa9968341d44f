/** The grow-only counter. */
import * as t from 'io-ts'
import { closed, Natural, Positive } from '../kernel/index.ts'
import type { ReplicatedType } from './replicated-type.ts'
import { countOf, join, sizeOf, VersionVector } from './version-vectors.ts'

export const Increment = closed('Increment', { type: t.literal('increment'), by: Positive })
export type Increment = t.TypeOf<typeof Increment>

/**
 * The G-Counter, [Shapiro11] §3.1.2. Each node adds up what it was asked to add, and nobody else writes that entry, so of
 * two sums for one node the higher is the later one: the join is that of version vectors, and adding would count twice.
 */
export const growOnlyCounter: ReplicatedType<VersionVector, Increment, number> = {
  name: 'grow-only-counter',
  codecs: { content: VersionVector, operation: Increment, value: Natural },
  empty: {},
  update: (sums, { by }, { node }) => join(sums, { [node]: countOf(sums, node) + by }),
  merge: (mine, theirs) => join(mine.content, theirs.content),
  read: sizeOf
}
