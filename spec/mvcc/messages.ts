/** What sessions and the store say to each other, and clients to sessions. The operations are those of [BG83]. */
import * as t from 'io-ts'
import { closed } from '../kernel/index.ts'

/** What a key holds. Null: nothing, never written or deleted. */
export const Value = t.union([t.string, t.number, t.null])
export type Value = t.TypeOf<typeof Value>

/** A transaction's name: that of the client request it runs for. */
export const TransactionId = t.string
export type TransactionId = t.TypeOf<typeof TransactionId>

const transaction = TransactionId

/** Session to store: I begin. */
export const Begin = closed('Begin', { type: t.literal('begin'), transaction })

/** Session to store: what does this key hold? */
export const Read = closed('Read', { type: t.literal('read'), transaction, key: t.string })

/** Session to store: what do the keys hold from this one to that one, both included? */
export const Scan = closed('Scan', { type: t.literal('scan'), transaction, from: t.string, to: t.string })

/** Session to store: the key shall hold this. */
export const Write = closed('Write', { type: t.literal('write'), transaction, key: t.string, value: Value })

/** Session to store: make it last, or else let nothing of it have happened. */
export const Commit = closed('Commit', { type: t.literal('commit'), transaction })

/** Session to store: forget it. */
export const Abort = closed('Abort', { type: t.literal('abort'), transaction })

/** Store to session: the transaction runs. */
export const Began = closed('Began', { type: t.literal('began'), transaction })

/** Store to session: what a read found. */
export const Found = closed('Found', { type: t.literal('found'), transaction, key: t.string, value: Value })

const Item = closed('Item', { key: t.string, value: Value })

/** Store to session: the keys in the range that hold something, in order. */
export const Listed = closed('Listed', { type: t.literal('listed'), transaction, items: t.readonlyArray(Item) })

/** Store to session: the write is kept until the end. */
export const Kept = closed('Kept', { type: t.literal('kept'), transaction })

/** Store to session: it lasts. */
export const Committed = closed('Committed', { type: t.literal('committed'), transaction })

/** Why a transaction was aborted. */
export const Reason = t.union([
  /** The client wanted it so. */
  t.literal('asked'),
  /** Another transaction wrote what this one writes, and came first. */
  t.literal('write-conflict'),
  /** Another transaction wrote what this one has read. */
  t.literal('read-conflict'),
  /** It might be the pivot of a cycle. */
  t.literal('unsafe'),
  /** It would wait for itself. */
  t.literal('deadlock'),
  /** The store knows nothing of it: it was over, or the store crashed. */
  t.literal('unknown')
])
export type Reason = t.TypeOf<typeof Reason>

/** Store to session: nothing of it has happened. */
export const Aborted = closed('Aborted', { type: t.literal('aborted'), transaction, reason: Reason })

/** What a session asks. */
export const Question = t.union([Begin, Read, Scan, Write, Commit, Abort])
export type Question = t.TypeOf<typeof Question>

/** What the store answers. */
export const Answer = t.union([Began, Found, Listed, Kept, Committed, Aborted])
export type Answer = t.TypeOf<typeof Answer>

export const Message = t.union([
  Begin,
  Read,
  Scan,
  Write,
  Commit,
  Abort,
  Began,
  Found,
  Listed,
  Kept,
  Committed,
  Aborted
])
export type Message = t.TypeOf<typeof Message>

/** One operation of a transaction. */
export const Operation = t.union([
  closed('ReadOperation', { type: t.literal('read'), key: t.string }),
  closed('ScanOperation', { type: t.literal('scan'), from: t.string, to: t.string }),
  closed('WriteOperation', { type: t.literal('write'), key: t.string, value: Value })
])
export type Operation = t.TypeOf<typeof Operation>

/** A client asks a session to run a transaction, operation after operation, and to end it so. */
export const Request = closed('Request', {
  type: t.literal('run'),
  operations: t.readonlyArray(Operation),
  end: t.union([t.literal('commit'), t.literal('abort')])
})
export type Request = t.TypeOf<typeof Request>

/** An operation with what it found. */
export const Result = t.union([
  closed('ReadResult', { type: t.literal('read'), key: t.string, value: Value }),
  closed('ScanResult', { type: t.literal('scan'), items: t.readonlyArray(Item) }),
  closed('WriteResult', { type: t.literal('write'), key: t.string, value: Value })
])
export type Result = t.TypeOf<typeof Result>

/** The transaction lasts; this is what its operations found. */
const Done = closed('Done', { type: t.literal('committed'), results: t.readonlyArray(Result) })

/** Nothing of the transaction has happened. */
const Undone = closed('Undone', { type: t.literal('aborted'), reason: Reason })

/** The session runs another transaction; nothing has happened. */
const Busy = closed('Busy', { type: t.literal('busy') })

/** The client asked the store itself; nothing has happened. */
const NotASession = closed('NotASession', { type: t.literal('not-a-session') })

export const Response = t.union([Done, Undone, Busy, NotASession])
export type Response = t.TypeOf<typeof Response>
