/**
 * Serializable snapshot isolation: [Cahill08] §3.
 *
 * Every execution of snapshot isolation that is not serializable has a pivot: a transaction with a read-write dependency
 * from one that overlaps it, and one to one that overlaps it. So each transaction has two flags, and none commits with both.
 */
import { entriesIn, findValue, mapValues, valueAt, withValue } from '../kernel/index.ts'
import { withActive, withFinished, type Finished, type Range, type Store, type Transaction } from './state.ts'
import { commitsSince, isNewerIn, oldestSnapshot } from './versions.ts'

/** Store and transaction with their flags; null where one that has committed would become a pivot. */
export type Flagged = { readonly store: Store; readonly transaction: Transaction } | null

const covers = (reads: ReadonlyArray<Range>, key: string): boolean =>
  reads.some(({ from, to }) => from <= key && key <= to)

/** The transaction reads: it depends on what those replace or have replaced that overlap it. [Cahill08] §3, modified read */
export const flaggedByRead = (store: Store, reader: Transaction, range: Range): Flagged => {
  const replacing = (other: Transaction): boolean => other.id !== reader.id && writesIn(other, range)
  const isReplaced = isNewerIn(store.versions, range, reader.snapshot)
  if (!isReplaced && findValue(store.active, replacing) === undefined) return { store, transaction: reader }
  const newer = commitsSince(store.versions, range, reader.snapshot)
  const creators = store.finished.filter(({ at, wrote }) => wrote && newer.includes(at))
  if (creators.some(({ conflictOut }) => conflictOut)) return null
  const active = mapValues(store.active, (other) =>
    replacing(other) && !other.conflictIn ? { ...other, conflictIn: true } : other
  )
  const finished = store.finished.map((one) => (creators.includes(one) ? { ...one, conflictIn: true } : one))
  const transaction = { ...reader, conflictOut: true }
  return { store: withActive({ ...store, finished }, withValue(active, transaction.id, transaction)), transaction }
}

const writesIn = ({ writes }: Transaction, { from, to }: Range): boolean =>
  from === to ? valueAt(writes, from) !== undefined : entriesIn(writes, from, to).length > 0

/** The transaction writes: those that overlap it and have read the key depend on it. [Cahill08] §3, modified write */
export const flaggedByWrite = (store: Store, writer: Transaction, key: string): Flagged => {
  const hasRead = (other: Transaction): boolean => other.id !== writer.id && covers(other.reads, key)
  const hadRead = ({ at, reads }: Finished): boolean => writer.snapshot < at && covers(reads, key)
  const readers = store.finished.filter(hadRead)
  if (readers.some(({ conflictIn }) => conflictIn)) return null
  if (readers.length === 0 && findValue(store.active, hasRead) === undefined) return { store, transaction: writer }
  const active = mapValues(store.active, (other) =>
    hasRead(other) && !other.conflictOut ? { ...other, conflictOut: true } : other
  )
  const finished = store.finished.map((one) => (readers.includes(one) ? { ...one, conflictOut: true } : one))
  const transaction = { ...writer, conflictIn: true }
  return { store: withActive({ ...store, finished }, withValue(active, transaction.id, transaction)), transaction }
}

/** Whether the transaction has a read-write dependency on either side. [Cahill08] §3, modified commit */
export const isPivot = ({ conflictIn, conflictOut }: Transaction): boolean => conflictIn && conflictOut

/**
 * The store remembers a transaction that has committed for as long as another runs that overlaps it. One that wrote
 * nothing happened at its snapshot. That it commits later makes no difference: the dangerous structure that it is the
 * first of needs one that committed before its snapshot, so that the pivot has an older one. [Ports12] §4.1, theorem 3
 */
export const remembering = (store: Store, transaction: Transaction, committedAt: number | null): Store => {
  const { id, snapshot, reads, conflictIn, conflictOut } = transaction
  const at = committedAt ?? snapshot
  const isOverlapped = findValue(store.active, (other) => other.id !== id && other.snapshot < at) !== undefined
  const one = { id, at, wrote: committedAt !== null, reads, conflictIn, conflictOut }
  return isOverlapped ? withFinished(store, store.finished.concat([one])) : store
}

/** The store forgets those that no transaction overlaps any more. */
export const forgetting = (store: Store): Store => {
  const { finished } = store
  if (finished.length === 0) return store
  const oldest = oldestSnapshot(store, Infinity)
  const isOverlapped = ({ at }: Finished): boolean => oldest < at
  return finished.every(isOverlapped) ? store : withFinished(store, finished.filter(isOverlapped))
}
