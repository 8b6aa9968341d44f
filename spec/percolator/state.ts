/** What an oracle, a shard and a client know. */
import * as t from 'io-ts'
import {
  closed,
  emptyMap,
  Natural,
  Positive,
  sortedMapOf,
  type NodeId,
  type RequestId,
  type SortedMap
} from '../kernel/index.ts'
import { Value, type Operation, type Result } from './messages.ts'

/** The same for all nodes: who gives timestamps, and who holds which keys. Everybody else is a client. */
export interface Config {
  readonly oracle: NodeId
  /** In the order of `from`, the first of which is empty: a shard holds the keys up to the beginning of the next. */
  readonly shards: ReadonlyArray<{ readonly from: string; readonly node: NodeId }>
}

/** The shard that holds a key. */
export const shardOf = ({ shards }: Config, key: string): NodeId =>
  shards.findLast(({ from }) => from <= key)?.node ?? ''

/** What a transaction will write, if it commits. */
export const Lock = closed('Lock', { start: Positive, primary: t.string, value: Value })
export type Lock = t.TypeOf<typeof Lock>

/** What a transaction has written; `commit` is null if it was rolled back. */
export const Record = closed('Record', { start: Positive, commit: t.union([Positive, t.null]), value: Value })
export type Record = t.TypeOf<typeof Record>

/** The columns of a key: lock, and write and data in one. [Percolator] Figure 5 */
export const Cell = closed('Cell', {
  lock: t.union([Lock, t.null]),
  /** In the order of `start`, one per transaction. */
  records: t.readonlyArray(Record)
})
export type Cell = t.TypeOf<typeof Cell>

export interface Oracle {
  readonly role: 'oracle'
  /** The last timestamp given. */
  readonly last: number
  /** By transaction and purpose: who asks again gets the same. */
  readonly given: SortedMap<number>
}

export interface Shard {
  readonly role: 'shard'
  /** By key; only those that were touched. */
  readonly cells: SortedMap<Cell>
}

/** What a client waits for. */
export type Phase =
  | { readonly is: 'starting' }
  | { readonly is: 'reading' }
  /** It met a lock, and asks the shard of its primary. */
  | { readonly is: 'resolving'; readonly key: string; readonly start: number; readonly primary: string }
  /** It knows, and tells the shard of the lock. */
  | { readonly is: 'settling'; readonly key: string; readonly start: number; readonly outcome: number | null }
  | { readonly is: 'locking-primary' }
  /** The keys whose locks it has not heard of: in the order of writing, never empty. */
  | { readonly is: 'locking'; readonly missing: ReadonlyArray<string> }
  | { readonly is: 'timing' }
  | { readonly is: 'committing'; readonly commit: number }

/** A transaction as its client sees it. */
export interface Running {
  readonly id: RequestId
  /** 0 until it is given. */
  readonly start: number
  readonly done: ReadonlyArray<Result>
  readonly todo: ReadonlyArray<Operation>
  /** What it will write, in the order of first writing: the first is the primary. */
  readonly writes: ReadonlyArray<{ readonly key: string; readonly value: Value }>
  readonly phase: Phase
}

export interface Client {
  readonly role: 'client'
  readonly running: Running | null
}

export type State = Oracle | Shard | Client

export const Durable = t.union([
  closed('OracleDisk', { role: t.literal('oracle'), last: Natural, given: sortedMapOf(Positive) }),
  closed('ShardDisk', { role: t.literal('shard'), cells: sortedMapOf(Cell) }),
  /** A client that crashed leaves its locks to others. */
  closed('ClientDisk', { role: t.literal('client') })
])
export type Durable = t.TypeOf<typeof Durable>

export const durable = (state: State): Durable => (state.role === 'client' ? { role: 'client' } : state)

export const newOracle: Oracle = { role: 'oracle', last: 0, given: emptyMap }
export const newShard: Shard = { role: 'shard', cells: emptyMap }
export const idle: Client = { role: 'client', running: null }
