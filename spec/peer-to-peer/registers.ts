/** Two ways to resolve concurrent writes of one register: one of them wins, or all of them stay. */
import * as t from 'io-ts'
import { closed, NodeId, Positive, setOf } from '../kernel/index.ts'
import type { ReplicatedType } from './replicated-type.ts'
import { survivors, TaggedSet } from './tagged.ts'

/** A write, over all that the node holds: the client is taken to have read it there just before. */
export const Write = closed('Write', { type: t.literal('write'), value: t.string })
export type Write = t.TypeOf<typeof Write>

/** What a read shows: nothing before the first write, and several values where concurrent writes all stay. A sorted set. */
export const Values = t.readonlyArray(t.string, 'Values')
export type Values = t.TypeOf<typeof Values>

// Last writer wins ---------------------------------------------------------------------------------------------------

/** A value with the timestamp of its write, (`time`, `node`): logical time first, the node where that is equal. */
export const Stamped = closed('Stamped', { value: t.string, time: Positive, node: NodeId })
export type Stamped = t.TypeOf<typeof Stamped>

const isLater = (one: Stamped, other: Stamped): boolean =>
  one.time === other.time ? one.node > other.node : one.time > other.time

/** The one with the higher timestamp. */
export const latest = (one: Stamped | null, other: Stamped | null): Stamped | null =>
  one === null || (other !== null && isLater(other, one)) ? other : one

/**
 * The LWW-Register, [Shapiro11] §3.2.1. The time of a write is one more than the highest its node has seen, which is the
 * time of the value it holds: a logical clock, so a write has a higher timestamp than every write that it follows
 * ([Lamport78], the clock condition). Of two writes that do not know of each other one wins, and the other is gone.
 */
export const lastWriterWins: ReplicatedType<Stamped | null, Write, Values> = {
  name: 'last-writer-wins',
  codecs: { content: t.union([Stamped, t.null]), operation: Write, value: Values },
  empty: null,
  update: (content, { value }, { node }) => ({ value, time: (content?.time ?? 0) + 1, node }),
  merge: (mine, theirs) => latest(mine.content, theirs.content),
  read: (content) => (content === null ? [] : [content.value])
}

// Multi-value --------------------------------------------------------------------------------------------------------

/**
 * The MV-Register, [Shapiro11] §3.2.2; its values are called siblings. A write is over all siblings that its node holds;
 * writes that do not know of each other leave one sibling each. [DeCandia07] §4.4
 */
export const multiValue: ReplicatedType<TaggedSet, Write, Values> = {
  name: 'multi-value',
  codecs: { content: TaggedSet, operation: Write, value: Values },
  empty: [],
  update: (_siblings, { value }, dot) => [{ dot, value }],
  merge: survivors,
  read: (siblings) => setOf(siblings.map(({ value }) => value))
}
