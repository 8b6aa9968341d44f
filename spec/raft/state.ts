/** What a server knows. [Raft] Fig. 2, "State" */
import * as t from 'io-ts'
import {
  closed,
  entryAt,
  firstIndex,
  lastIndex,
  logOf,
  Natural,
  NodeId,
  truncate,
  type Log,
  type RequestId
} from '../kernel/index.ts'
import { Entry, Snapshot, type Configuration } from './messages.ts'

/** The same for all servers of a cluster, but for those that join it later: their first voters are none. */
export interface Config {
  /** The voters at first boot, sorted; null for all servers. */
  readonly voters: ReadonlyArray<NodeId> | null
  /** A leader begins its term with an entry of its own, so that it can commit those of earlier terms. [Ongaro] §6.4 */
  readonly noop: boolean
  /** Before it stands for election, a server asks whether it could win, and leaves its term alone. [Ongaro] §9.6 */
  readonly preVote: boolean
  /** A leader that hears from no majority steps down, and who hears a leader votes for nobody. [Ongaro] §6.2, §4.2.3 */
  readonly checkQuorum: boolean
  /** A leader sends what clients ask while its own disk writes it, and counts itself once it is there. [Ongaro] §10.2.1 */
  readonly parallelWrite: boolean
  /** What a leader does before it answers a read. `lease` needs checkQuorum, and clocks that keep to the bound. §6.4 */
  readonly reads: 'round' | 'lease'
  /** The most entries in one AppendEntries, and the most that one step applies. >= 1 */
  readonly batch: number
  /** With this many entries on their way to a follower, the leader sends it no more until it hears back. >= 1 */
  readonly window: number
  /** With this many entries applied since the last snapshot, a server takes the next. >= 1; null for never. §7 */
  readonly snapshotEvery: number | null
  /** How many entries before a snapshot are kept, for followers that are only a little behind. >= 0 */
  readonly keep: number
}

/** With every switch on. Reads by rounds: those by lease rest on clocks that keep to a bound. */
export const inProduction: Config = {
  voters: null,
  noop: true,
  preVote: true,
  checkQuorum: true,
  parallelWrite: true,
  reads: 'round',
  batch: 64,
  window: 256,
  snapshotEvery: 10_000,
  keep: 1000
}

/** What a leader knows of one follower. */
export interface Progress {
  /**
   * Probing: the logs are not known to agree anywhere, so entries are sent for an answer's sake, one message at a time.
   * Replicating: they agree up to `match`, and entries are sent one message after the other.
   * Installing: a snapshot is on its way that ends before `next`; entries wait for its answer, or for the election timer.
   */
  readonly is: 'probing' | 'replicating' | 'installing'
  /** The highest index known to be replicated there. */
  readonly match: number
  /** The index of the next entry to send, > match. Ahead of match + 1 by what is on its way. */
  readonly next: number
  /** The latest round of heartbeats that it answered. */
  readonly round: number
}

/** A read that waits. */
export interface Read {
  readonly id: RequestId
  readonly query: unknown
  /** The state machine must have got this far. */
  readonly index: number
  /** This round of heartbeats must have shown that we still lead; the next to come, or one that is under way. */
  readonly round: number
}

export interface Follower {
  readonly is: 'follower'
  /** The leader of this term, once heard of; forgotten when the election timer fires. */
  readonly leader: NodeId | null
}

/**
 * It may have answered a leader that relies on that, and does not know it any more: it came back from a crash, or heard of a
 * newer term that has no leader yet. Where the quorum is checked, it votes for nobody until its election timer fires.
 */
export interface Waiting {
  readonly is: 'waiting'
}

export interface PreCandidate {
  readonly is: 'pre-candidate'
  /** Who would vote for it, itself included: sorted. */
  readonly votes: ReadonlyArray<NodeId>
}

export interface Candidate {
  readonly is: 'candidate'
  /** Who granted its vote, itself included: sorted. */
  readonly votes: ReadonlyArray<NodeId>
}

export interface Leader {
  readonly is: 'leader'
  /** By server, itself left out. */
  readonly followers: Readonly<Record<NodeId, Progress>>
  /** The client that waits for the entry at an index: as long as the log, from the first entry not yet applied. */
  readonly clients: Log<RequestId | null>
  /** Its own disk has the log up to here; the rest is written when the timer `write` fires. */
  readonly written: number
  /** The end of the log when it took office: what was committed before is no further. */
  readonly begun: number
  /** Who answered since the election timer last fired: sorted. Empty unless the quorum is checked. */
  readonly heard: ReadonlyArray<NodeId>
  /** The server that is to take over. */
  readonly transferee: NodeId | null
  /** The latest round of heartbeats. */
  readonly round: number
  /** In the order they came. */
  readonly reads: ReadonlyArray<Read>
  /** Whether the timer `lease` runs since the latest round began. Forsworn once it has asked a server to depose it. */
  readonly lease: 'off' | 'on' | 'forsworn'
}

export type Role = Follower | Waiting | PreCandidate | Candidate | Leader

/** Persistent state. */
export const Durable = closed('Durable', {
  /** The latest that this server has seen; grows. 0 at first boot. */
  term: Natural,
  /** Who received its vote in this term. */
  votedFor: t.union([NodeId, t.null]),
  log: logOf(Entry),
  /** The latest. The log goes on after it, and may still hold some of what went before. */
  snapshot: Snapshot
})
export type Durable = t.TypeOf<typeof Durable>

/** A configuration of the log, and where it stands there. */
export interface Placed {
  readonly index: number
  readonly configuration: Configuration
}

export interface State extends Durable {
  /** The configurations in the log after the snapshot, in order: found again after a crash. */
  readonly configurations: ReadonlyArray<Placed>
  /** The highest index known to be committed; grows. That of the snapshot after a crash. */
  readonly commitIndex: number
  /** The highest index given to the state machine, <= commitIndex. */
  readonly lastApplied: number
  /** Whether a snapshot was asked for and has not come yet. */
  readonly awaitsSnapshot: boolean
  readonly role: Role
}

/** A server that leads. */
export type Leading = State & { readonly role: Leader }

/** Of a leader's log what it has written; who leads no longer writes the rest in the step in which it steps down. */
export const durable = ({ term, votedFor, log, snapshot, role }: State): Durable => ({
  term,
  votedFor,
  log: role.is === 'leader' ? truncate(log, role.written) : log,
  snapshot
})

/**
 * The host maps them to durations: election drawn anew each time; heartbeat well below it; lease the shortest election
 * timeout, divided by the bound on how much faster one clock may run than another; apply and write none at all.
 */
export type Timer = 'election' | 'heartbeat' | 'lease' | 'apply' | 'write'

/**
 * `{ ...state, ...changes }` with the fields spelled out: a leader makes a few of these for each command, and engines copy
 * a record that is spelled out twenty times as fast.
 */
export const updated = <S extends State>(state: S, changes: Partial<State>): S => {
  const { term = state.term, votedFor = state.votedFor, log = state.log, snapshot = state.snapshot } = changes
  const { configurations = state.configurations, commitIndex = state.commitIndex, role = state.role } = changes
  const { lastApplied = state.lastApplied, awaitsSnapshot = state.awaitsSnapshot } = changes
  return { term, votedFor, log, snapshot, configurations, commitIndex, lastApplied, awaitsSnapshot, role } as S
}

/** The same for what a leader keeps. */
export const updatedOffice = (role: Leader, changes: Partial<Leader>): Leader => {
  const { followers = role.followers, clients = role.clients, begun = role.begun, heard = role.heard } = changes
  const { written = role.written } = changes
  const { transferee = role.transferee, round = role.round, reads = role.reads, lease = role.lease } = changes
  return { is: 'leader', followers, clients, written, begun, heard, transferee, round, reads, lease }
}

type Written = Pick<Durable, 'log' | 'snapshot'>

/** The term of the entry at `index`; 0 before the first. Only where {@link knowsTermAt}. */
export const termAt = ({ log, snapshot }: Written, index: number): number =>
  index === snapshot.lastIndex ? snapshot.lastTerm : (entryAt(log, index)?.term ?? 0)

/** Whether the log still holds the entry at `index`, or the snapshot its term. */
export const knowsTermAt = ({ log, snapshot }: Written, index: number): boolean =>
  index === 0 || index === snapshot.lastIndex || (index >= firstIndex(log) && index <= lastIndex(log))

export const lastTerm = (state: Written): number => termAt(state, lastIndex(state.log))

export const isLeading = (state: State): state is Leading => state.role.is === 'leader'

/** Whether it has heard of a leader since its election timer last fired, or may have, or leads itself. */
export const hearsLeader = ({ role }: State): boolean =>
  role.is === 'leader' || role.is === 'waiting' || (role.is === 'follower' && role.leader !== null)

/** The leader of this term as far as this server knows: where clients should turn. */
export const leaderOf = ({ id }: { readonly id: NodeId }, { role }: State): NodeId | null =>
  role.is === 'leader' ? id : role.is === 'follower' ? role.leader : null
