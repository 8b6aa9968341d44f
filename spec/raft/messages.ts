/** What servers say to each other. [Raft] Fig. 2, Fig. 13. Sender and receiver are the host's. */
import * as t from 'io-ts'
import { closed, Natural, NodeSet, Positive } from '../kernel/index.ts'

/** What clients hand to the replicated state machine: plain data that Raft does not look into. */
export const Command = t.unknown
export type Command = t.TypeOf<typeof Command>

/** Who belongs to the cluster. [Raft] §6 */
export const Configuration = closed('Configuration', {
  /** The new ones while both are needed. */
  voters: NodeSet,
  /** Joint consensus: the voters of before, whose majority is needed too. Null where there is one majority, as usual. */
  outgoing: t.union([NodeSet, t.null]),
  /** They get all entries and count for nothing. [Ongaro] §4.2.1 */
  learners: NodeSet
})
export type Configuration = t.TypeOf<typeof Configuration>

/** One entry of the log; its index is its place. */
export const Entry = t.union([
  /** What a leader writes when it takes office. [Ongaro] §6.4 */
  closed('Noop', { type: t.literal('noop'), term: Positive }),
  closed('CommandEntry', { type: t.literal('command'), term: Positive, command: Command }),
  /** In force at each server from the moment that it is in its log. §6 */
  closed('ConfigurationEntry', { type: t.literal('configuration'), term: Positive, configuration: Configuration })
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

/** AppendEntries and InstallSnapshot RPC, results: success. It says how far, so that it may come late or twice. */
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

/**
 * All that was applied up to an index, in place of the entries. [Raft] §7. The configuration is the latest of those
 * entries; the content is the state machine's, and so are client sessions.
 */
export const Snapshot = closed('Snapshot', {
  /** "The index of the last entry in the log that the snapshot replaces"; 0 for the beginning, where nothing is. */
  lastIndex: Natural,
  /** "The term of this entry." */
  lastTerm: Natural,
  configuration: Configuration,
  /** Null at the beginning. */
  content: t.unknown
})
export type Snapshot = t.TypeOf<typeof Snapshot>

/** InstallSnapshot RPC, arguments. Whole: to cut it in chunks is the transport's business. Fig. 13 */
export const InstallSnapshot = closed('InstallSnapshot', {
  type: t.literal('install-snapshot'),
  /** The leader's. */
  term: Positive,
  snapshot: Snapshot,
  round: Natural
})
export type InstallSnapshot = t.TypeOf<typeof InstallSnapshot>

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
  InstallSnapshot,
  TimeoutNow
])
export type Message = t.TypeOf<typeof Message>
