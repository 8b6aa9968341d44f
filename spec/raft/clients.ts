/** What clients and operators ask and hear, and what the state machine is given. [Raft] §8, [Ongaro] §3.10, §4.1, §6 */
import * as t from 'io-ts'
import { closed, NodeId, NodeSet, Positive } from '../kernel/index.ts'
import { Command, Configuration } from './messages.ts'

/** A client asks for a command to be replicated and applied. */
export const CommandRequest = closed('CommandRequest', { type: t.literal('command'), command: Command })
export type CommandRequest = t.TypeOf<typeof CommandRequest>

/** A client asks the state machine a question that leaves it as it is. */
export const ReadRequest = closed('ReadRequest', { type: t.literal('read'), query: t.unknown })
export type ReadRequest = t.TypeOf<typeof ReadRequest>

/** An operator asks the leader to hand over. */
export const TransferRequest = closed('TransferRequest', { type: t.literal('transfer'), to: NodeId })
export type TransferRequest = t.TypeOf<typeof TransferRequest>

/** An operator wants other servers: these and no others. Where more than one voter differs, by joint consensus. */
export const ChangeRequest = closed('ChangeRequest', {
  type: t.literal('change-membership'),
  voters: NodeSet,
  /** None of the voters. */
  learners: NodeSet
})
export type ChangeRequest = t.TypeOf<typeof ChangeRequest>

export const Request = t.union([CommandRequest, ReadRequest, TransferRequest, ChangeRequest])
export type Request = t.TypeOf<typeof Request>

/** This server does not lead, and nothing has happened; the leader if it knows one. */
export const NotLeader = closed('NotLeader', { type: t.literal('not-leader'), leader: t.union([NodeId, t.null]) })

/** Leadership is on its way to another server; what else hears this has not been taken. */
export const Transferring = closed('Transferring', { type: t.literal('transferring'), to: NodeId })

/** Leadership cannot go to a server that has no vote here, and nothing has happened. */
export const UnknownServer = closed('UnknownServer', { type: t.literal('unknown-server'), server: NodeId })

/** The servers are those that were asked for, and that is committed. */
export const Changed = closed('Changed', { type: t.literal('changed'), configuration: Configuration })

/** The servers stay as they are. */
export const ChangeRefused = closed('ChangeRefused', {
  type: t.literal('change-refused'),
  why: t.keyof({
    /** No voters, a learner that is a voter too, or a server that this one does not know. */
    invalid: null,
    /** The change before this one is not committed: ask again. */
    pending: null,
    /** The leader has committed nothing in its term: ask again. */
    early: null,
    /** A voter to be is more than a window of entries behind: let it catch up as a learner first. */
    lagging: null
  })
})

/** What the state machine answered. */
export const Result = closed('Result', { type: t.literal('result'), result: t.unknown })

export const Response = t.union([NotLeader, Transferring, UnknownServer, Changed, ChangeRefused, Result])
export type Response = t.TypeOf<typeof Response>

/** What the state machine is given: the commands of the log in its order, and between them queries that change nothing. */
export const Applied = t.union([
  closed('AppliedCommand', { type: t.literal('command'), index: Positive, command: Command }),
  closed('AppliedQuery', { type: t.literal('query'), query: t.unknown })
])
export type Applied = t.TypeOf<typeof Applied>
