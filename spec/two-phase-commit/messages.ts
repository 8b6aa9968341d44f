/** What coordinator, participants and clients say to each other. [BHG87] §7.4 */
import * as t from 'io-ts'
import { closed, NodeId } from '../kernel/index.ts'

/** How a transaction ends. */
export const Decision = t.union([t.literal('commit'), t.literal('abort')])
export type Decision = t.TypeOf<typeof Decision>

/** VOTE-REQ, coordinator to participants: can you commit? */
export const VoteRequest = closed('VoteRequest', { type: t.literal('vote-request') })

/** YES, participant to coordinator: I can commit, I can abort, and I will do what you decide. */
export const Yes = closed('Yes', { type: t.literal('yes') })

/** NO, participant to coordinator: I have aborted. */
export const No = closed('No', { type: t.literal('no') })

/** COMMIT, coordinator to participants: the decision. */
export const Commit = closed('Commit', { type: t.literal('commit') })

/** ABORT, coordinator to participants: the decision. */
export const Abort = closed('Abort', { type: t.literal('abort') })

/** DECISION-REQ, participant to coordinator: I voted yes, and what became of it? */
export const DecisionRequest = closed('DecisionRequest', { type: t.literal('decision-request') })

export const Message = t.union([VoteRequest, Yes, No, Commit, Abort, DecisionRequest])
export type Message = t.TypeOf<typeof Message>

/** A client asks the coordinator to end the transaction, with a commit if that can be. */
export const Request = closed('Request', { type: t.literal('end-transaction') })
export type Request = t.TypeOf<typeof Request>

/** The decision, durable when it is told. */
export const Outcome = closed('Outcome', { type: t.literal('outcome'), decision: Decision })

/** The client asked a participant; nothing has happened. */
export const NotCoordinator = closed('NotCoordinator', { type: t.literal('not-coordinator'), coordinator: NodeId })

export const Response = t.union([Outcome, NotCoordinator])
export type Response = t.TypeOf<typeof Response>
