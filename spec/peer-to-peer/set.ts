/** The observed-remove set. */
import * as t from 'io-ts'
import { match } from 'ts-pattern'
import { closed, setOf } from '../kernel/index.ts'
import type { ReplicatedType } from './replicated-type.ts'
import { survivors, TaggedSet, union } from './tagged.ts'

export const Add = closed('Add', { type: t.literal('add'), element: t.string })
export const Remove = closed('Remove', { type: t.literal('remove'), element: t.string })
export const Change = t.union([Add, Remove])
export type Change = t.TypeOf<typeof Change>

/** The elements, a sorted set. */
export const Elements = t.readonlyArray(t.string, 'Elements')
export type Elements = t.TypeOf<typeof Elements>

/**
 * The OR-Set, [Shapiro11] §3.3.5, with version vectors in place of tombstones ([Bieniusa12]). Each add leaves a tag of
 * its own, also where the element is there already; a remove takes the tags that its node has observed, and no others.
 * So of an add and a remove that do not know of each other, the add wins.
 */
export const observedRemoveSet: ReplicatedType<TaggedSet, Change, Elements> = {
  name: 'observed-remove-set',
  codecs: { content: TaggedSet, operation: Change, value: Elements },
  empty: [],
  update: (tags, change, dot) =>
    match(change)
      .returnType<TaggedSet>()
      .with({ type: 'add' }, ({ element }) => union(tags, [{ dot, value: element }]))
      .with({ type: 'remove' }, ({ element }) => tags.filter(({ value }) => value !== element))
      .exhaustive(),
  merge: survivors,
  read: (tags) => setOf(tags.map(({ value }) => value))
}
