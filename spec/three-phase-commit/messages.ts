/** What sites and clients say to each other. [Skeen81]; the names of the messages are those of [BHG87] §7.5 where it has one. */
import * as t from 'io-ts'
import { closed, NodeId } from '../kernel/index.ts'

/** How a transaction ends. */
export const Decision = t.union([t.literal('commit'), t.literal('abort')])
export type Decision = t.TypeOf<typeof Decision>

/** First phase, coordinator to participants: can you commit? */
export const VoteRequest = closed('VoteRequest', { type: t.literal('vote-request') })

/** Participant to coordinator: I can, and I will do what is decided. */
export const Yes = closed('Yes', { type: t.literal('yes') })

/** Participant to coordinator: I have aborted. */
export const No = closed('No', { type: t.literal('no') })

/** Second phase, coordinator or backup to all: all have voted yes; move to `prepared`, and commit if I fail. */
export const PreCommit = closed('PreCommit', { type: t.literal('pre-commit') })

/** Backup coordinator to all: I am still waiting; move to `wait`, and abort if I fail. */
export const BackToWait = closed('BackToWait', { type: t.literal('back-to-wait') })

/** To who asked for one of the two moves: I have moved. */
export const Ack = closed('Ack', { type: t.literal('ack') })

/** Third phase: the decision. */
export const Commit = closed('Commit', { type: t.literal('commit') })
export const Abort = closed('Abort', { type: t.literal('abort') })

/**
 * To all, from a site that was down: I have failed and take part no more; what was decided? On links that keep order
 * nothing of the site's former life comes after it: it is how the network of [Skeen81] reports a failure.
 */
export const Recovering = closed('Recovering', { type: t.literal('recovering') })

/**
 * From a site that waits for another: what was decided? To the next in line, from who has missed the coordinator: it is to take over, if
 * it does not know. To a site that has come back, from one that was down as well: did you decide before you failed?
 */
export const DecisionRequest = closed('DecisionRequest', { type: t.literal('decision-request') })

export const Message = t.union([
  VoteRequest,
  Yes,
  No,
  PreCommit,
  BackToWait,
  Ack,
  Commit,
  Abort,
  Recovering,
  DecisionRequest
])
export type Message = t.TypeOf<typeof Message>

/** A client asks the coordinator to end the transaction, with a commit if that can be. */
export const Request = closed('Request', { type: t.literal('end-transaction') })
export type Request = t.TypeOf<typeof Request>

/** The decision, durable when it is told. */
export const Outcome = closed('Outcome', { type: t.literal('outcome'), decision: Decision })

/** The client asked a participant; nothing has happened. */
export const NotCoordinator = closed('NotCoordinator', { type: t.literal('not-coordinator'), coordinator: NodeId })

/** The coordinator was down and does not know the decision yet: ask again. */
export const NotKnownYet = closed('NotKnownYet', { type: t.literal('not-known-yet') })

export const Response = t.union([Outcome, NotCoordinator, NotKnownYet])
export type Response = t.TypeOf<typeof Response>
