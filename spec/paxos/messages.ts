/** What nodes say to each other, and what clients ask and hear. [Lamport01] §2.2, §2.3 */
import * as t from 'io-ts'
import { closed, Positive } from '../kernel/index.ts'

/** What is agreed upon. Paxos does not look into it. */
export const Value = t.string
export type Value = t.TypeOf<typeof Value>

/** A value, and the ballot in which it is proposed: no other value is proposed in that ballot. */
export const Proposal = closed('Proposal', { ballot: Positive, value: Value })
export type Proposal = t.TypeOf<typeof Proposal>

/** Prepare request, phase 1(a), to all acceptors: accept nothing below this ballot, and tell what you have accepted. */
export const Prepare = closed('Prepare', { type: t.literal('prepare'), ballot: Positive })

/** The answer to it, phase 1(b): promised, and this is the proposal of the highest ballot that I have accepted. */
export const PromiseGiven = closed('Promise', {
  type: t.literal('promise'),
  ballot: Positive,
  accepted: t.union([Proposal, t.null])
})
export type PromiseGiven = t.TypeOf<typeof PromiseGiven>

/** Accept request, phase 2(a), to all acceptors. */
export const Accept = closed('Accept', { type: t.literal('accept'), ballot: Positive, value: Value })
export type Accept = t.TypeOf<typeof Accept>

/** The answer to it, phase 2(b): accepted. */
export const Accepted = closed('Accepted', { type: t.literal('accepted'), ballot: Positive })

/** To all learners: this value is chosen. Success in [Lamport98] §2.3. */
export const Chosen = closed('Chosen', { type: t.literal('chosen'), value: Value })

export const Message = t.union([Prepare, PromiseGiven, Accept, Accepted, Chosen])
export type Message = t.TypeOf<typeof Message>

/** A client wants a value to be chosen; it hears of the one that is, whether or not it is this one. */
export const Request = closed('Propose', { type: t.literal('propose'), value: Value })
export type Request = t.TypeOf<typeof Request>

export const Response = closed('Outcome', { type: t.literal('outcome'), value: Value })
export type Response = t.TypeOf<typeof Response>
