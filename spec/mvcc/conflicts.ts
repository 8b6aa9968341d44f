/**
 * Serializable snapshot isolation: [Cahill08] §3.
 *
 * Every execution of snapshot isolation that is not serializable has a pivot: a transaction with a read-write dependency
 * from one that overlaps it, and one to one that overlaps it. So each transaction has two flags, and none commits with both.
 */
import { entriesIn, foldValues, mapValues, valueAt, withValue } from '../kernel/index.ts'
import { withActive, type Finished, type Range, type Store, type Transaction } from './state.ts'
import { commitsSince } from './versions.ts'

/** Store and transaction with their flags; null where one that has committed would become a pivot. */
export type Flagged = { readonly store: Store; readonly transaction: Transaction } | null

const covers = (reads: ReadonlyArray<Range>, key: string): boolean =>
  reads.some(({ from, to }) => from <= key && key <= to)

/** The transaction reads: it depends on what those replace or have replaced that overlap it. [Cahill08] §3, modified read */
export const flaggedByRead = (store: Store, reader: Transaction, range: Range): Flagged => {
  const replacing = (other: Transaction): boolean => other.id !== reader.id && writesIn(other, range)
  const isBeingReplaced = isAny(store, replacing)
  const newer = commitsSince(store.versions, range, reader.snapshot)
  if (!isBeingReplaced && newer.length === 0) return { store, transaction: reader }
  const creators = store.finished.filter(({ committedAt }) => committedAt !== null && newer.includes(committedAt))
  if (creators.some(({ conflictOut }) => conflictOut)) return null
  const active = mapValues(store.active, (other) =>
    replacing(other) && !other.conflictIn ? { ...other, conflictIn: true } : other
  )
  const finished = store.finished.map((one) => (creators.includes(one) ? { ...one, conflictIn: true } : one))
  const transaction = { ...reader, conflictOut: true }
  return { store: withActive({ ...store, finished }, withValue(active, transaction.id, transaction)), transaction }
}

const isAny = ({ active }: Store, holds: (transaction: Transaction) => boolean): boolean =>
  foldValues(active, (any, transaction) => any || holds(transaction), false)

const writesIn = ({ writes }: Transaction, { from, to }: Range): boolean =>
  from === to ? valueAt(writes, from) !== undefined : entriesIn(writes, from, to).length > 0

/** The transaction writes: those that overlap it and have read the key depend on it. [Cahill08] §3, modified write */
export const flaggedByWrite = (store: Store, writer: Transaction, key: string): Flagged => {
  const hasRead = (other: Transaction): boolean => other.id !== writer.id && covers(other.reads, key)
  const hadRead = ({ overlaps, reads }: Finished): boolean => covers(reads, key) && overlaps.includes(writer.id)
  const readers = store.finished.filter(hadRead)
  if (readers.some(({ conflictIn }) => conflictIn)) return null
  const isBeingRead = isAny(store, hasRead)
  if (!isBeingRead && readers.length === 0) return { store, transaction: writer }
  const active = mapValues(store.active, (other) =>
    hasRead(other) && !other.conflictOut ? { ...other, conflictOut: true } : other
  )
  const finished = store.finished.map((one) => (readers.includes(one) ? { ...one, conflictOut: true } : one))
  const transaction = { ...writer, conflictIn: true }
  return { store: withActive({ ...store, finished }, withValue(active, transaction.id, transaction)), transaction }
}

/** Whether the transaction has a read-write dependency on either side. [Cahill08] §3, modified commit */
export const isPivot = ({ conflictIn, conflictOut }: Transaction): boolean => conflictIn && conflictOut

/** The store remembers a transaction that has committed for as long as another runs that overlapped it. */
export const remembering = (store: Store, transaction: Transaction, committedAt: number | null): Store => {
  const overlaps = entriesIn(store.active).flatMap(([id]) => (id === transaction.id ? [] : [id]))
  if (overlaps.length === 0) return store
  const { id, reads, conflictIn, conflictOut } = transaction
  return { ...store, finished: [...store.finished, { id, committedAt, reads, overlaps, conflictIn, conflictOut }] }
}

/** The store forgets those that no transaction overlaps any more but the one that is over. */
export const forgetting = (finished: ReadonlyArray<Finished>, over: string): ReadonlyArray<Finished> =>
  finished.flatMap((one): ReadonlyArray<Finished> => {
    const { id, committedAt, reads, overlaps, conflictIn, conflictOut } = one
    const place = overlaps.indexOf(over)
    if (place === -1) return [one]
    const left = overlaps.toSpliced(place, 1)
    return left.length === 0 ? [] : [{ id, committedAt, reads, overlaps: left, conflictIn, conflictOut }]
  })
