/**
 * The replicated log: entries at consecutive indices, which grows at its end, is cut back at its end (conflict) and
 * forgets its beginning (compaction). Persistent: every operation gives a new log and leaves the old one as it was.
 *
 * A log is plain data, and its shape depends only on its first index and its entries, never on how it came about: equal
 * logs are equal data. Think of the index in base 32. A node of height h spans 32^h indices and starts at a multiple of
 * 32^h; a node of height 0 is an entry, any other is the list of its up to 32 children, of which those before the first
 * index are missing. `levels[h]` lists the complete nodes of height h that are not yet part of a complete parent, so
 * appending is counting: the entry goes to level 0, and a level that fills up is carried to the next as one node.
 *
 * With n the last index and logarithms of base 32: append costs O(1) as a log grows, at worst O(log n); entryAt and
 * compact O(log n), truncate O(log^2 n), each times 32 at most. [Okasaki] ch. 9 for logs as numbers, [Bagwell] for 32.
 */
import * as t from 'io-ts'
import { either } from 'fp-ts'
import { closed, Positive } from './codecs.ts'

const { floor, max, min } = Math
const { from: listOf } = Array

const width = 32

/** What a node of height h spans, by h; the last is the highest power of 32 that is a safe integer. */
const spans: ReadonlyArray<number> = listOf({ length: 11 }, (_, height) => width ** height)

type Node<Entry> = Entry | ReadonlyArray<Node<Entry>>
type Nodes<Entry> = ReadonlyArray<Node<Entry>>

/** A log. Build it from {@link emptyLog}, read it with the functions here; the fields are shown for what renders data. */
export interface Log<Entry> {
  readonly is: 'log'
  /** The index of the first entry that is kept, >= 1; of the next entry to come if there is none. */
  readonly first: number
  /** The index of the last entry; `first - 1` if there is none. */
  readonly last: number
  /** By height. The top level is not empty. */
  readonly levels: ReadonlyArray<Nodes<Entry>>
}

/** No entries; the first one appended gets index 1. */
export const emptyLog: Log<never> = { is: 'log', first: 1, last: 0, levels: [] }

/** The first index that is kept, >= 1; `lastIndex(log) + 1` if the log is empty. */
export const firstIndex = (log: Log<unknown>): number => log.first

/** The index of the last entry: `firstIndex(log) - 1` if the log is empty, so 0 if it never had an entry. */
export const lastIndex = (log: Log<unknown>): number => log.last

/** How many entries are kept. */
export const length = (log: Log<unknown>): number => log.last - log.first + 1

/** Which node of this height spans `index`: nodes of a height are numbered from 0. */
const numberAt = (index: number, height: number): number => floor(index / (spans[height] ?? Infinity))

/** The number of the first node that a log from `first` on keeps of those that share a parent with the one at `index`. */
const startAt = (first: number, index: number, height: number): number =>
  max(numberAt(first, height), width * numberAt(index, height + 1))

/** The nodes of this height that share a parent with the one at `index`, which is at most one past the last. */
const nodesAt = <Entry>(log: Log<Entry>, index: number, height: number): Nodes<Entry> => {
  const parent = numberAt(index, height + 1)
  if (parent === numberAt(log.last + 1, height + 1)) return log.levels[height] ?? []
  return nodesAt(log, index, height + 1)[parent - startAt(log.first, index, height + 1)] as Nodes<Entry>
}

/** The entry at `index`; undefined where the log keeps none. */
export const entryAt = <Entry>(log: Log<Entry>, index: number): Entry | undefined =>
  index >= log.first && index <= log.last
    ? (nodesAt(log, index, 0)[index - startAt(log.first, index, 0)] as Entry)
    : undefined

/** The levels with one node more at the lowest, whose nodes are `count` with those before them. */
const carried = <Entry>(
  levels: ReadonlyArray<Nodes<Entry>>,
  node: Node<Entry>,
  count: number
): ReadonlyArray<Nodes<Entry>> => {
  const level = levels[0] ?? []
  // A list as long as it is: a spread would leave room to grow, in every log.
  const filled = level.toSpliced(level.length, 0, node)
  if (count % width === 0) return [[], ...carried(levels.slice(1), filled, count / width)]
  return levels.length === 0 ? [filled] : levels.with(0, filled)
}

/** The log with `entry` at the index after the last. */
export const append = <Entry>(log: Log<Entry>, entry: Entry): Log<Entry> => ({
  is: 'log',
  first: log.first,
  last: log.last + 1,
  levels: carried(log.levels, entry, log.last + 2)
})

/** The log with `added` after the last entry, in order. */
export const appendAll = <Entry>(log: Log<Entry>, added: ReadonlyArray<Entry>): Log<Entry> =>
  added.reduce<Log<Entry>>((grown, entry) => append(grown, entry), log)

/** The log without the entries after index `last`. What was compacted stays compacted: below `first - 1`, an empty log. */
export const truncate = <Entry>(log: Log<Entry>, last: number): Log<Entry> => {
  if (last >= log.last) return log
  const { first } = log
  const end = max(last + 1, first)
  const levels = log.levels.flatMap((_level, height) => {
    const stop = numberAt(end, height)
    if (numberAt(first, height) === stop) return []
    return [nodesAt(log, end, height).slice(0, stop - startAt(first, end, height))]
  })
  return { is: 'log', first, last: end - 1, levels }
}

/** What remains of `nodes`, which share a parent with the one at `index`, when the log begins at `first`. */
const pruned = <Entry>(
  nodes: Nodes<Entry>,
  index: number,
  height: number,
  before: number,
  first: number
): Nodes<Entry> => {
  const start = startAt(first, index, height)
  const kept = nodes.slice(start - startAt(before, index, height))
  if (height === 0 || start !== numberAt(first, height)) return kept
  const [leftmost, ...others] = kept
  return [pruned(leftmost as Nodes<Entry>, first, height - 1, before, first), ...others]
}

/**
 * The log without the entries up to index `upTo`, that one included. Past the last index the log is empty and goes on
 * after `upTo`, as when a snapshot replaces it.
 *
 * @example compact(emptyLog, 41) // empty, the first entry appended gets index 42
 */
export const compact = <Entry>(log: Log<Entry>, upTo: number): Log<Entry> => {
  if (upTo < log.first) return log
  const first = upTo + 1
  const last = max(upTo, log.last)
  const end = last + 1
  const levels = log.levels.flatMap((level, height) =>
    numberAt(first, height) === numberAt(end, height) ? [] : [pruned(level, end, height, log.first, first)]
  )
  return { is: 'log', first, last, levels }
}

/** The entries from index `from` (included) to index `to` (excluded), as far as the log keeps them. */
export const slice = <Entry>(log: Log<Entry>, from: number, to: number = log.last + 1): ReadonlyArray<Entry> => {
  const start = max(from, log.first)
  return listOf({ length: max(0, min(to, log.last + 1) - start) }, (_, offset) => entryAt(log, start + offset) as Entry)
}

/** All entries that are kept, in order. */
export const entries = <Entry>(log: Log<Entry>): ReadonlyArray<Entry> => slice(log, log.first)

/** How many of up to `count` nodes are the same in both lists, from these places on. */
const sameNodes = (
  ones: Nodes<unknown>,
  onePlace: number,
  others: Nodes<unknown>,
  otherPlace: number,
  count: number,
  same = 0
): number =>
  same === count || ones[onePlace + same] !== others[otherPlace + same]
    ? same
    : sameNodes(ones, onePlace, others, otherPlace, count, same + 1)

/** The first index, in the nodes `from` to `to` (excluded) of this height, at which the logs hold different entries. */
const differenceIn = <Entry>(
  one: Log<Entry>,
  other: Log<Entry>,
  height: number,
  from: number,
  to: number
): number | null => {
  if (from >= to) return null
  const start = max(one.first, other.first)
  const index = max(start, from * (spans[height] as number))
  const end = min(to, width * (numberAt(index, height + 1) + 1))
  const [ones, others] = [nodesAt(one, index, height), nodesAt(other, index, height)]
  const [oneStart, otherStart] = [startAt(one.first, index, height), startAt(other.first, index, height)]
  const found =
    ones === others && oneStart === otherStart
      ? end
      : sameNodes(ones, from - oneStart, others, from - otherStart, end - from) + from
  if (found >= end) return differenceIn(one, other, height, end, to)
  if (height === 0) return found
  const below = max(width * found, numberAt(start, height - 1))
  const inside = differenceIn(one, other, height - 1, below, width * (found + 1))
  return inside ?? differenceIn(one, other, height, found + 1, to)
}

/** Height by height from the top: what is left of the common part is in nodes of less and less height. */
const differenceFrom = <Entry>(
  one: Log<Entry>,
  other: Log<Entry>,
  height: number,
  from: number,
  end: number
): number => {
  if (height < 0) return end
  const start = max(numberAt(max(one.first, other.first), height), from)
  const stop = numberAt(end, height)
  return differenceIn(one, other, height, start, stop) ?? differenceFrom(one, other, height - 1, width * stop, end)
}

/**
 * The first index at which the two logs do not hold the same entry, from the later of their first indices on: everything
 * between is the same by identity, so that what they share is not looked into. One past the end of the shorter where
 * they agree that far. Between a log and what a few operations made of it, about 32 comparisons a height.
 */
export const firstDifference = <Entry>(one: Log<Entry>, other: Log<Entry>): number => {
  const start = max(one.first, other.first)
  const end = min(one.last, other.last) + 1
  const heights = max(one.levels.length, other.levels.length)
  return start >= end ? start : differenceFrom(one, other, heights - 1, 0, end)
}

/** Whether a value is a log, by its fields: what shows data can show its {@link entries} from `first` on instead. */
export const isLog = (value: unknown): value is Log<unknown> =>
  typeof value === 'object' && value !== null && 'is' in value && value.is === 'log' && 'levels' in value

/**
 * The codec of a log whose entries `entry` encodes. A log is written as `{ first, entries }`, and built anew when read.
 *
 * @example const Durable = closed('Durable', { term: Natural, log: logOf(Entry) })
 */
export const logOf = <Entry>(entry: t.Type<Entry, unknown>): t.Type<Log<Entry>, unknown> => {
  const written = closed(`a log of ${entry.name}`, { first: Positive, entries: t.readonlyArray(entry) })
  return new t.Type<Log<Entry>, unknown>(
    written.name,
    (value): value is Log<Entry> => isLog(value) && entries(value).every(entry.is),
    (value, context) =>
      either.map((read: t.TypeOf<typeof written>) => appendAll<Entry>(compact(emptyLog, read.first - 1), read.entries))(
        written.validate(value, context)
      ),
    (log) => written.encode({ first: log.first, entries: entries(log) })
  )
}
