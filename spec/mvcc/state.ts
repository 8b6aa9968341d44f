/**
 * What a store and a session know.
 *
 * A commit is one entry of the commit log, and its timestamp is the index of that entry: timestamps need no clock of their
 * own, and never go back, crashes included. A snapshot is a timestamp, too: the last one given when it was taken.
 */
import * as t from 'io-ts'
import {
  closed,
  emptyMap,
  lastIndex,
  logOf,
  Natural,
  sortedMapOf,
  type Log,
  type NodeId,
  type RequestId,
  type SortedMap
} from '../kernel/index.ts'
import { Value, type Operation, type Request, type Result, type TransactionId } from './messages.ts'

/**
 * How transactions are kept from each other. What each of them does is in isolation.ts.
 *
 * - `read-committed`: each read sees what is committed by then
 * - `first-committer-wins`: snapshot isolation after [Berenson95] §4.2
 * - `first-updater-wins`: snapshot isolation with write locks, [Fekete05]
 * - `conflict-flags`: serializable snapshot isolation, [Cahill08]
 * - `read-validation`: write-snapshot isolation, [YF12]
 */
export type Isolation =
  'read-committed' | 'first-committer-wins' | 'first-updater-wins' | 'conflict-flags' | 'read-validation'

/** The same for all nodes: which of them is the store. The others are sessions. */
export interface Config {
  readonly store: NodeId
  readonly isolation: Isolation
}

/** What a key held from the commit `at` on. */
export const Version = closed('Version', { at: Natural, value: Value })
export type Version = t.TypeOf<typeof Version>

/** The versions of a key: at least one, the oldest first. */
export const Versions = t.readonlyArray(Version)
export type Versions = t.TypeOf<typeof Versions>

export const WriteSet = sortedMapOf(Value)
export type WriteSet = SortedMap<Value>

/** Keys from `from` to `to`, both included. */
export interface Range {
  readonly from: string
  readonly to: string
}

/** A transaction that is not over. */
export interface Transaction {
  readonly id: TransactionId
  readonly session: NodeId
  /** It sees what was committed up to here. */
  readonly snapshot: number
  /** What it read, but for its own writes; empty where the isolation does not ask. */
  readonly reads: ReadonlyArray<Range>
  /** What it will write if it commits. With write locks: what it has locked. */
  readonly writes: WriteSet
  /** inConflict of [Cahill08]: another transaction overlapped it and read what it replaces. */
  readonly conflictIn: boolean
  /** outConflict of [Cahill08]: it read what another transaction that overlapped it replaced. */
  readonly conflictOut: boolean
}

/** A write that waits for the lock of its key. */
export interface Waiting {
  readonly transaction: TransactionId
  readonly key: string
  readonly value: Value
}

/** A committed transaction that others still overlap: it may turn out to be in conflict with them. [Cahill08] §3 */
export interface Finished {
  readonly id: TransactionId
  /** Its commit, or its snapshot if it wrote nothing. Those with an older snapshot overlap it. */
  readonly at: number
  readonly wrote: boolean
  readonly reads: ReadonlyArray<Range>
  readonly conflictIn: boolean
  readonly conflictOut: boolean
}

export interface Store {
  readonly role: 'store'
  readonly isolation: Isolation
  /** A commit per entry. */
  readonly log: Log<WriteSet>
  /** The newest versions as of the entry before the first in the log. */
  readonly checkpoint: SortedMap<Versions>
  /** What the keys hold and held, as far back as somebody may look. */
  readonly versions: SortedMap<Versions>
  /** By id. */
  readonly active: SortedMap<Transaction>
  /** In the order of asking. */
  readonly waiting: ReadonlyArray<Waiting>
  /** In the order of their commits. */
  readonly finished: ReadonlyArray<Finished>
}

export interface Session {
  readonly role: 'session'
  readonly store: NodeId
  readonly running: Running | null
}

/** A transaction as its session sees it. Its next answer is to the first of `todo`, or to how it begins or ends. */
export interface Running {
  readonly id: RequestId
  readonly phase: 'beginning' | 'operating' | 'ending'
  readonly done: ReadonlyArray<Result>
  readonly todo: ReadonlyArray<Operation>
  readonly end: Request['end']
}

export type State = Store | Session

/** The disk of a store: the checkpoint and what was committed since. A session has none. */
export const Durable = t.union([
  closed('StoreDisk', {
    role: t.literal('store'),
    checkpoint: sortedMapOf(Versions),
    log: logOf(WriteSet)
  }),
  closed('SessionDisk', { role: t.literal('session') })
])
export type Durable = t.TypeOf<typeof Durable>

export const durable = (state: State): Durable =>
  state.role === 'session' ? { role: 'session' } : { role: 'store', checkpoint: state.checkpoint, log: state.log }

/** The timestamp of the last commit; 0 if there was none. */
export const now = ({ log }: Store): number => lastIndex(log)

/**
 * The store with other transactions that run. Spelled out, here and where a transaction or a commit is made: a spread
 * with one field replaced costs some thirty times as much.
 */
export const withActive = (store: Store, active: Store['active']): Store => ({
  role: 'store',
  isolation: store.isolation,
  log: store.log,
  checkpoint: store.checkpoint,
  versions: store.versions,
  active,
  waiting: store.waiting,
  finished: store.finished
})

/** The store with other transactions that have committed and are overlapped. */
export const withFinished = (store: Store, finished: Store['finished']): Store => ({
  role: 'store',
  isolation: store.isolation,
  log: store.log,
  checkpoint: store.checkpoint,
  versions: store.versions,
  active: store.active,
  waiting: store.waiting,
  finished
})

/** The store with what a commit adds: an entry of the log, and its versions. */
export const withCommit = (store: Store, log: Store['log'], versions: Store['versions']): Store => ({
  role: 'store',
  isolation: store.isolation,
  log,
  checkpoint: store.checkpoint,
  versions,
  active: store.active,
  waiting: store.waiting,
  finished: store.finished
})

/** A transaction that has done nothing yet. */
export const begun = (id: TransactionId, session: NodeId, snapshot: number): Transaction => ({
  id,
  session,
  snapshot,
  reads: [],
  writes: emptyMap,
  conflictIn: false,
  conflictOut: false
})

/** The transaction with what it has read, and what it will write. */
export const doing = (
  transaction: Transaction,
  reads: Transaction['reads'],
  writes: Transaction['writes']
): Transaction => ({
  id: transaction.id,
  session: transaction.session,
  snapshot: transaction.snapshot,
  reads,
  writes,
  conflictIn: transaction.conflictIn,
  conflictOut: transaction.conflictOut
})
