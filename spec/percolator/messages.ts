/** What clients, shards and the timestamp oracle say to each other. [Percolator] §2.2, Figure 6 */
import * as t from 'io-ts'
import { closed, Positive } from '../kernel/index.ts'

/** What a key holds; null where nothing was ever written. */
export const Value = t.union([t.string, t.number, t.null])
export type Value = t.TypeOf<typeof Value>

const key = t.string
/** The start timestamp of a transaction, which names it at the shards. */
const start = Positive
/** Null: rolled back. */
const outcome = t.union([Positive, t.null])

/** What a transaction needs a timestamp for. */
export const Purpose = t.union([t.literal('start'), t.literal('commit')])
export type Purpose = t.TypeOf<typeof Purpose>

/** Client to oracle: a timestamp, please. */
export const Ask = closed('Ask', { type: t.literal('ask'), transaction: t.string, purpose: Purpose })

/** Oracle to client: greater than all that were given before. */
export const Given = closed('Given', {
  type: t.literal('given'),
  transaction: t.string,
  purpose: Purpose,
  timestamp: Positive
})

/** Client to shard: what did the key hold at this time? */
export const Get = closed('Get', { type: t.literal('get'), key, at: Positive })

/** Shard to client: this. */
export const Got = closed('Got', { type: t.literal('got'), key, at: Positive, value: Value })

/** Shard to client: a transaction that may have committed before holds a lock, and its primary lock is there. */
export const Locked = closed('Locked', { type: t.literal('locked'), key, at: Positive, start, primary: t.string })

/** Client to shard: lock the key, with what it will hold. */
export const Prewrite = closed('Prewrite', { type: t.literal('prewrite'), key, start, value: Value, primary: t.string })

/** Shard to client: locked. */
export const Prewritten = closed('Prewritten', { type: t.literal('prewritten'), key, start })

/** Shard to client: another transaction is in the way, or this one was rolled back. */
export const Refused = closed('Refused', { type: t.literal('refused'), key, start })

/** Client to shard: what is locked is to be seen from this time on. On the primary, this is the commit point. */
export const Commit = closed('Commit', { type: t.literal('commit'), key, start, commit: Positive })

/** Shard to client: it is. */
export const Committed = closed('Committed', { type: t.literal('committed'), key, start })

/** Shard to client: the lock is gone, since somebody rolled the transaction back. */
export const Gone = closed('Gone', { type: t.literal('gone'), key, start })

/** Client to the shard of a primary: what became of the transaction? If nothing yet, roll it back. */
export const Resolve = closed('Resolve', { type: t.literal('resolve'), key, start })

/** Shard to client: committed at this time, or rolled back. */
export const Resolved = closed('Resolved', { type: t.literal('resolved'), key, start, outcome })

/** Client to shard: do with the lock as was done with its primary. */
export const Settle = closed('Settle', { type: t.literal('settle'), key, start, outcome })

/** Shard to client: done. */
export const Settled = closed('Settled', { type: t.literal('settled'), key, start })

export const Question = t.union([Get, Prewrite, Commit, Resolve, Settle])
export type Question = t.TypeOf<typeof Question>

export const Answer = t.union([Given, Got, Locked, Prewritten, Refused, Committed, Gone, Resolved, Settled])
export type Answer = t.TypeOf<typeof Answer>

export const Message = t.union([
  Ask,
  Get,
  Prewrite,
  Commit,
  Resolve,
  Settle,
  Given,
  Got,
  Locked,
  Prewritten,
  Refused,
  Committed,
  Gone,
  Resolved,
  Settled
])
export type Message = t.TypeOf<typeof Message>

/** One operation of a transaction. */
export const Operation = t.union([
  closed('ReadOperation', { type: t.literal('read'), key }),
  closed('WriteOperation', { type: t.literal('write'), key, value: Value })
])
export type Operation = t.TypeOf<typeof Operation>

/** Somebody asks a client library to run a transaction. */
export const Request = closed('Request', { type: t.literal('run'), operations: t.readonlyArray(Operation) })
export type Request = t.TypeOf<typeof Request>

/** An operation with what it found. */
export const Result = t.union([
  closed('ReadResult', { type: t.literal('read'), key, value: Value }),
  closed('WriteResult', { type: t.literal('write'), key, value: Value })
])
export type Result = t.TypeOf<typeof Result>

export const Response = t.union([
  closed('Done', { type: t.literal('committed'), results: t.readonlyArray(Result) }),
  /** Nothing of it will ever be seen. */
  closed('Undone', {
    type: t.literal('aborted'),
    /** Another transaction was in the way, or took this one for abandoned. */
    reason: t.union([t.literal('conflict'), t.literal('rolled-back')])
  }),
  /** The client runs another transaction; nothing has happened. */
  closed('Busy', { type: t.literal('busy') }),
  /** Shards and the oracle run no transactions; nothing has happened. */
  closed('NotAClient', { type: t.literal('not-a-client') })
])
export type Response = t.TypeOf<typeof Response>
