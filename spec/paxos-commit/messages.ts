/** What resource managers, acceptors, leaders and clients say to each other. [GL06] §4 */
import * as t from 'io-ts'
import { closed, Natural, NodeId, Positive } from '../kernel/index.ts'

/** How a transaction ends. */
export const Decision = t.union([t.literal('commit'), t.literal('abort')])
export type Decision = t.TypeOf<typeof Decision>

/** What one instance of Paxos chooses: the vote of one resource manager. */
export const Value = t.union([t.literal('prepared'), t.literal('aborted')])
export type Value = t.TypeOf<typeof Value>

/** By resource manager: a proposal for its instance of Paxos. */
export const Values = t.readonly(t.record(t.string, Value))
export type Values = t.TypeOf<typeof Values>

/** By resource manager: the last vote that an acceptor cast in its instance; nothing where it cast none. */
export const Votes = t.readonly(t.record(t.string, closed('Vote', { ballot: Natural, value: Value })))
export type Votes = t.TypeOf<typeof Votes>

/** Prepare, leader to resource managers: can you commit? */
export const Prepare = closed('Prepare', { type: t.literal('prepare') })

/** Phase 1a, leader to acceptors: promise to vote in no ballot below this one, in no instance. */
export const Phase1a = closed('Phase1a', { type: t.literal('phase-1a'), ballot: Positive })

/** Phase 1b, acceptor to leader: promised, and these are my votes so far. */
export const Phase1b = closed('Phase1b', { type: t.literal('phase-1b'), ballot: Positive, votes: Votes })

/** Phase 2a, to acceptors: vote for these. In ballot 0 from a resource manager for itself, later from a leader for all. */
export const Phase2a = closed('Phase2a', { type: t.literal('phase-2a'), ballot: Natural, values: Values })

/** Phase 2b, acceptor to leader: these are my votes of this ballot, all instances in one message. */
export const Phase2b = closed('Phase2b', { type: t.literal('phase-2b'), ballot: Natural, values: Values })

/** Leader to resource managers and leaders: the decision. */
export const Commit = closed('Commit', { type: t.literal('commit') })
export const Abort = closed('Abort', { type: t.literal('abort') })

/** Resource manager to leaders: I am prepared, and what became of it? */
export const DecisionRequest = closed('DecisionRequest', { type: t.literal('decision-request') })

export const Message = t.union([Prepare, Phase1a, Phase1b, Phase2a, Phase2b, Commit, Abort, DecisionRequest])
export type Message = t.TypeOf<typeof Message>

/** A client asks a leader to end the transaction, with a commit if that can be. */
export const Request = closed('Request', { type: t.literal('end-transaction') })
export type Request = t.TypeOf<typeof Request>

/** The decision. */
export const Outcome = closed('Outcome', { type: t.literal('outcome'), decision: Decision })

/** The client asked somebody else; nothing has happened. */
export const NotLeader = closed('NotLeader', { type: t.literal('not-leader'), leaders: t.readonlyArray(NodeId) })

export const Response = t.union([Outcome, NotLeader])
export type Response = t.TypeOf<typeof Response>
