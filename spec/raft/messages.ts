/** What servers say to each other, and what clients ask and hear. [Raft] Fig. 2. Sender and receiver are the host's. */
import * as t from 'io-ts'
import { closed, Natural, NodeId, Positive } from '../kernel/index.ts'

/** What clients hand to the replicated state machine: plain data that Raft does not look into. */
export const Command = t.unknown
export type Command = t.TypeOf<typeof Command>

/** One entry of the log; its index is its place. */
export const Entry = t.union([
  /** What a leader writes when it takes office. [Ongaro] §6.4 */
  closed('Noop', { type: t.literal('noop'), term: Positive }),
  closed('CommandEntry', { type: t.literal('command'), term: Positive, command: Command })
])
export type Entry = t.TypeOf<typeof Entry>

/** RequestVote RPC, arguments. [Raft] Fig. 2 */
export const RequestVote = closed('RequestVote', {
  type: t.literal('request-vote'),
  /** The candidate's. */
  term: Positive,
  /** 0 for an empty log. */
  lastLogIndex: Natural,
  /** 0 for an empty log. */
  lastLogTerm: Natural,
  /** The leader wants this election: who hears that leader votes all the same. [Ongaro] §4.2.3 */
  transfer: t.boolean
})
export type RequestVote = t.TypeOf<typeof RequestVote>

/** RequestVote RPC, results. */
export const Vote = closed('Vote', {
  type: t.literal('vote'),
  /** The voter's, for the candidate to update itself. */
  term: Positive,
  granted: t.boolean
})
export type Vote = t.TypeOf<typeof Vote>

/** Pre-Vote RPC, arguments: would you vote for me in the next term? [Ongaro] §9.6 */
export const RequestPreVote = closed('RequestPreVote', {
  type: t.literal('request-pre-vote'),
  /** The sender's, which stays as it is. */
  term: Natural,
  lastLogIndex: Natural,
  lastLogTerm: Natural
})
export type RequestPreVote = t.TypeOf<typeof RequestPreVote>

/** Pre-Vote RPC, results: it binds nobody. */
export const PreVote = closed('PreVote', {
  type: t.literal('pre-vote'),
  /** The answering server's. */
  term: Natural,
  granted: t.boolean
})
export type PreVote = t.TypeOf<typeof PreVote>

/** AppendEntries RPC, arguments; a heartbeat where there are no entries. */
export const AppendEntries = closed('AppendEntries', {
  type: t.literal('append-entries'),
  /** The leader's. */
  term: Positive,
  /** Of the entry right before the new ones; 0 where they are the first. */
  prevLogIndex: Natural,
  /** 0 where prevLogIndex is 0. */
  prevLogTerm: Natural,
  entries: t.readonlyArray(Entry),
  leaderCommit: Natural,
  /** Of heartbeats, as the leader counts them; the answer returns it. Goes up only where there are reads. [Ongaro] §6.4 */
  round: Natural
})
export type AppendEntries = t.TypeOf<typeof AppendEntries>

/** AppendEntries RPC, results: success. It says how far, so that it may come late or twice. */
export const Accepted = closed('Accepted', {
  type: t.literal('accepted'),
  term: Positive,
  /** Up to here the follower's log is the leader's. */
  matchIndex: Natural,
  round: Natural
})
export type Accepted = t.TypeOf<typeof Accepted>

/** AppendEntries RPC, results: the follower's log does not hold what goes before the new entries. */
export const Rejected = closed('Rejected', {
  type: t.literal('rejected'),
  term: Positive,
  /** Of the request that is answered. */
  prevLogIndex: Positive,
  /** Where to go on trying, at most prevLogIndex: the first index of the term in conflict, or of the gap. [Raft] §5.3 */
  conflictIndex: Positive,
  round: Natural
})
export type Rejected = t.TypeOf<typeof Rejected>

/** AppendEntries RPC, results: the sender's term is over. */
export const StaleTerm = closed('StaleTerm', { type: t.literal('stale-term'), term: Positive })

/** TimeoutNow RPC: the receiver starts an election as if its timer had fired. [Ongaro] §3.10 */
export const TimeoutNow = closed('TimeoutNow', { type: t.literal('timeout-now'), term: Positive })

export const Message = t.union([
  RequestVote,
  Vote,
  RequestPreVote,
  PreVote,
  AppendEntries,
  Accepted,
  Rejected,
  StaleTerm,
  TimeoutNow
])
export type Message = t.TypeOf<typeof Message>

/** A client asks for a command to be replicated and applied. */
export const CommandRequest = closed('CommandRequest', { type: t.literal('command'), command: Command })
export type CommandRequest = t.TypeOf<typeof CommandRequest>

/** A client asks the state machine a question that leaves it as it is. */
export const ReadRequest = closed('ReadRequest', { type: t.literal('read'), query: t.unknown })
export type ReadRequest = t.TypeOf<typeof ReadRequest>

/** An operator asks the leader to hand over. */
export const TransferRequest = closed('TransferRequest', { type: t.literal('transfer'), to: NodeId })
export type TransferRequest = t.TypeOf<typeof TransferRequest>

export const Request = t.union([CommandRequest, ReadRequest, TransferRequest])
export type Request = t.TypeOf<typeof Request>

/** This server does not lead, and nothing has happened; the leader if it knows one. */
export const NotLeader = closed('NotLeader', { type: t.literal('not-leader'), leader: t.union([NodeId, t.null]) })

/** Leadership is on its way to another server; a command that hears this has not been taken. */
export const Transferring = closed('Transferring', { type: t.literal('transferring'), to: NodeId })

/** Leadership cannot go to a server that does not follow, and nothing has happened. */
export const UnknownServer = closed('UnknownServer', { type: t.literal('unknown-server'), server: NodeId })

/** What the state machine answered. */
export const Result = closed('Result', { type: t.literal('result'), result: t.unknown })

export const Response = t.union([NotLeader, Transferring, UnknownServer, Result])
export type Response = t.TypeOf<typeof Response>

/** What the state machine is given: the commands of the log in its order, and between them queries that change nothing. */
export const Applied = t.union([
  closed('AppliedCommand', { type: t.literal('command'), index: Positive, command: Command }),
  closed('AppliedQuery', { type: t.literal('query'), query: t.unknown })
])
export type Applied = t.TypeOf<typeof Applied>
