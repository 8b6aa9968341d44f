/** What banks, their coordinator and clients say to each other, and what they write down. */
import * as t from 'io-ts'
import { closed, logOf, Natural, NodeId, Positive } from '../../../spec/kernel/index.ts'
import { Decision, Message as CommitMessage, Response as CommitResponse } from '../../../spec/two-phase-commit/index.ts'

const transfer = { from: NodeId, to: NodeId, amount: Positive } as const
export const Transfer = closed('Transfer', transfer)
export type Transfer = t.TypeOf<typeof Transfer>

/** A message of two-phase commit, in one of many transactions. Who asks for a vote says what for. */
export const Message = closed('Message', {
  transaction: NodeId,
  transfer: t.union([Transfer, t.null]),
  message: CommitMessage
})
export type Message = t.TypeOf<typeof Message>

/** To the coordinator. The client names the transaction: one that is asked for again is the same. */
const Order = closed('Order', { type: t.literal('transfer'), transaction: NodeId, ...transfer })
/** To any node: what do you know of a transaction? */
const Ask = closed('Ask', { type: t.literal('ask'), transaction: NodeId })
export const Request = t.union([Order, Ask])
export type Request = t.TypeOf<typeof Request>

/** The node has promised, as a bank, or has asked for votes, as the coordinator; or has not heard of it. */
const Undecided = closed('Undecided', { type: t.keyof({ prepared: null, working: null, unknown: null }) })
export const Response = t.union([CommitResponse, Undecided])
export type Response = t.TypeOf<typeof Response>

/** The last record of a transaction counts. */
export const Entry = closed('Entry', {
  transaction: NodeId,
  transfer: t.union([Transfer, t.null]),
  record: t.union([t.literal('yes'), Decision])
})
export type Entry = t.TypeOf<typeof Entry>

/** What a crash keeps: the distributed transaction log of [BHG87], and the money that it has moved. */
export const Books = closed('Books', {
  log: logOf(Entry),
  opening: Natural,
  balance: Natural,
  /** The part of it that a yes has promised away. */
  promised: Natural
})
export type Books = t.TypeOf<typeof Books>
