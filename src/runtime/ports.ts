/**
 * What the host needs of the world. Everything that a node does outside its reducer goes through one of these, so a test
 * can hand it a disk that tears and a network that cuts, and production the real ones.
 */
import type { NodeId } from '../../spec/kernel/index.ts'

/** A piece of what changed in the durable part of a state: as little as will do, never the whole state per step. */
export type Change =
  /** A field that is not a log has this value now. `value` is encoded by the codec of the durable part. */
  | { readonly type: 'set'; readonly field: string; readonly value: unknown }
  /** A field of the durable part is gone. */
  | { readonly type: 'unset'; readonly field: string }
  /**
   * The log in this field loses all from index `from` on, and then has these entries there. `from` is an index of the
   * log or the one after its last; a field that is not there is an empty log that begins at 1.
   */
  | { readonly type: 'append'; readonly field: string; readonly from: number; readonly entries: ReadonlyArray<unknown> }
  /**
   * The log in this field begins at `first` now; past its end it is empty and goes on there. A log that begins there or
   * later stays as it is.
   */
  | { readonly type: 'compact'; readonly field: string; readonly first: number }

/** The durable part as a disk keeps it: field by field, logs as `{ first, entries }`. */
export type Stored = Readonly<Record<string, unknown>>

/**
 * A disk. What goes wrong rejects with a {@link Refusal}, whose problem says what and where (Q801 to Q808); any other
 * error, as for a change that makes no sense or a commit out of turn, is a bug of who calls.
 */
export interface Storage {
  /**
   * Reads what is kept; null on a disk that has nothing yet. Called once, before anything else. Rejects with a
   * {@link Refusal} where the disk is damaged beyond a torn end, or in use.
   */
  readonly open: () => Promise<Stored | null>
  /**
   * Makes the changes durable, in order, all of them or, where a crash comes before it resolves, those up to some point
   * between two calls of `commit`. One call at a time. A storage that failed once fails from then on; whether the failed
   * commit is kept, the next `open` tells. Values and entries are held on to, and are not to be changed.
   */
  readonly commit: (changes: ReadonlyArray<Change>) => Promise<void>
  /** Waits for a commit under way and gives the disk back. Rejects where the disk fails; what was committed stands. */
  readonly close: () => Promise<void>
}

/** What a transport tells the host. */
export interface Inbound {
  /** A message came, decoded by the codec of the protocol. */
  readonly deliver: (from: NodeId, message: unknown) => void
  /** A peer can be reached again, or no longer. */
  readonly linked: (peer: NodeId, up: boolean) => void
}

/**
 * A network between the nodes of a cluster. It may lose, duplicate and reorder, as the checker's asynchronous network
 * does, and never makes up or changes a message.
 */
export interface Transport {
  /** Starts to listen and to connect. */
  readonly open: (inbound: Inbound) => Promise<void>
  /** Hands over messages; those to one peer leave in one write where that can be. Never blocks, never throws: what cannot be sent is lost and counted. */
  readonly send: (batch: ReadonlyArray<Packet>) => void
  readonly close: () => Promise<void>
}

export interface Packet {
  readonly to: NodeId
  readonly message: unknown
}

/** Time. */
export interface Clock {
  /** Milliseconds since some moment, never backwards. */
  readonly now: () => number
  /** Calls back once, `after` milliseconds from now or later. Returns how to call it off. */
  readonly schedule: (after: number, run: () => void) => () => void
}

/** A number in [0, 1). */
export type Random = () => number

/** Where a node says what happens to it. Fields are plain data. */
export interface Logger {
  readonly debug: (fields: Readonly<Record<string, unknown>>, text: string) => void
  readonly info: (fields: Readonly<Record<string, unknown>>, text: string) => void
  readonly warn: (fields: Readonly<Record<string, unknown>>, text: string) => void
  readonly error: (fields: Readonly<Record<string, unknown>>, text: string) => void
}

/** Where a node counts. Names are snake_case and begin with `quorate_`; labels are few. */
export interface Metrics {
  readonly count: (name: string, by?: number, labels?: Readonly<Record<string, string>>) => void
  readonly gauge: (name: string, value: number, labels?: Readonly<Record<string, string>>) => void
  /** Seconds, unless the name says otherwise. */
  readonly observe: (name: string, value: number, labels?: Readonly<Record<string, string>>) => void
}
