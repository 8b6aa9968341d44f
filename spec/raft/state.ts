/** What a server knows. [Raft] Fig. 2, "State" */
import * as t from 'io-ts'
import { closed, entryAt, lastIndex, logOf, Natural, NodeId, type Log, type RequestId } from '../kernel/index.ts'
import { Entry } from './messages.ts'

/** The same for all servers of a cluster. */
export interface Config {
  /** A leader begins its term with an entry of its own, so that it can commit those of earlier terms. [Ongaro] §6.4 */
  readonly noop: boolean
  /** Before it stands for election, a server asks whether it could win, and leaves its term alone. [Ongaro] §9.6 */
  readonly preVote: boolean
  /** A leader that hears from no majority steps down, and who hears a leader votes for nobody. [Ongaro] §6.2, §4.2.3 */
  readonly checkQuorum: boolean
  /** What a leader does before it answers a read. `lease` needs checkQuorum, and clocks that keep to the bound. §6.4 */
  readonly reads: 'round' | 'lease'
  /** The most entries in one AppendEntries, and the most that one step applies. >= 1 */
  readonly batch: number
  /** With this many entries on their way to a follower, the leader sends it no more until it hears back. >= 1 */
  readonly window: number
}

/** What a leader knows of one follower. */
export interface Progress {
  /**
   * Probing: the logs are not known to agree anywhere, so entries are sent for an answer's sake, one message at a time.
   * Replicating: they agree up to `match`, and entries are sent one message after the other.
   */
  readonly is: 'probing' | 'replicating'
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

export type Role = Follower | PreCandidate | Candidate | Leader

/** Persistent state. */
export const Durable = closed('Durable', {
  /** The latest that this server has seen; grows. 0 at first boot. */
  term: Natural,
  /** Who received its vote in this term. */
  votedFor: t.union([NodeId, t.null]),
  log: logOf(Entry)
})
export type Durable = t.TypeOf<typeof Durable>

export interface State extends Durable {
  /** The highest index known to be committed; grows. 0 after a crash. */
  readonly commitIndex: number
  /** The highest index given to the state machine, <= commitIndex. */
  readonly lastApplied: number
  readonly role: Role
}

/** A server that leads. */
export type Leading = State & { readonly role: Leader }

export const durable = ({ term, votedFor, log }: State): Durable => ({ term, votedFor, log })

/**
 * The host maps them to durations: election drawn anew each time; heartbeat well below it; lease the shortest election
 * timeout, divided by the bound on how much faster one clock may run than another; apply none at all.
 */
export type Timer = 'election' | 'heartbeat' | 'lease' | 'apply'

/** The term of the entry at `index`; 0 before the first. The log must reach that far. */
export const termAt = (log: Log<Entry>, index: number): number => entryAt(log, index)?.term ?? 0

export const lastTerm = (log: Log<Entry>): number => termAt(log, lastIndex(log))

export const isLeading = (state: State): state is Leading => state.role.is === 'leader'

/** Whether it has heard of a leader since its election timer last fired, or leads itself. */
export const hearsLeader = ({ role }: State): boolean =>
  role.is === 'leader' || (role.is === 'follower' && role.leader !== null)
