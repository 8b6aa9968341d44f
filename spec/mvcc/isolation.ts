/** What each isolation does, as a table, and the checks at commit that need no locks. */
import { foldValues } from '../kernel/index.ts'
import { doing, now, type Isolation, type Range, type Store, type Transaction } from './state.ts'
import { isNewerAt, isNewerIn } from './versions.ts'

export interface Discipline {
  /** What a read sees: what is committed when it comes, or what was when its transaction began. */
  readonly sees: 'latest' | 'snapshot'
  /** Of two transactions that overlap and write one key, who may: both, who commits first, or who writes first. */
  readonly writers: 'all' | 'first-committer' | 'first-updater'
  /** What keeps transactions from reading what others that overlap them replace. */
  readonly readers: 'free' | 'flagged' | 'validated'
}

const disciplines: Readonly<Record<Isolation, Discipline>> = {
  'read-committed': { sees: 'latest', writers: 'all', readers: 'free' },
  'first-committer-wins': { sees: 'snapshot', writers: 'first-committer', readers: 'free' },
  'first-updater-wins': { sees: 'snapshot', writers: 'first-updater', readers: 'free' },
  'conflict-flags': { sees: 'snapshot', writers: 'first-updater', readers: 'flagged' },
  'read-validation': { sees: 'snapshot', writers: 'all', readers: 'validated' }
}

export const disciplineOf = ({ isolation }: Store): Discipline => disciplines[isolation]

/** Up to which commit a transaction sees now. */
export const sightOf = (store: Store, { snapshot }: Transaction): number =>
  disciplineOf(store).sees === 'latest' ? now(store) : snapshot

/** Whether another transaction has committed a write of this key since the snapshot. */
export const isOutrun = ({ versions }: Store, { snapshot }: Transaction, key: string): boolean =>
  isNewerAt(versions, key, snapshot)

/** First committer wins: whether another transaction that overlapped this one has committed a write of the same key. */
export const hasLostAWrite = (store: Store, transaction: Transaction): boolean =>
  foldValues(transaction.writes, (lost, _value, key) => lost || isOutrun(store, transaction, key), false)

/** [YF12]: whether what this transaction read has been written since. */
export const hasStaleReads = ({ versions }: Store, { reads, snapshot }: Transaction): boolean =>
  reads.some((range) => isNewerIn(versions, range, snapshot))

/** The transaction with one more range that it has read, where somebody will ask. */
export const having = (store: Store, transaction: Transaction, range: Range): Transaction =>
  disciplineOf(store).readers === 'free' ||
  transaction.reads.some(({ from, to }) => from <= range.from && range.to <= to)
    ? transaction
    : doing(transaction, transaction.reads.concat([range]), transaction.writes)
