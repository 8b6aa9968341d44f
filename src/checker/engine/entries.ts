/** What stands in the lists of frames: what may happen, when, and what comes of it, in numbers. */
import type { CutPoint } from './alphabet.ts'

/** What kind of thing happens, by the numbers of the node's alphabet. */
export interface Label {
  readonly type: 'step' | 'crash' | 'lose' | 'duplicate'
  /** -1 for a plain crash. */
  readonly stimulus: number
  /** Of a crash: kept = -1 for a plain one. */
  readonly crash: CutPoint | null
}

/** Whether an assumption about time lets a node's armed timer fire in a state, by index. Timers are positions in the protocol's list. */
export type MayFire = (state: number, node: number, timer: number) => boolean

/**
 * When something may happen: `sender` must not be cut off, `charge` must be affordable, and `timer` must be free to fire;
 * -1 = no condition. Of sender and timer one at most is given.
 */
export interface Guard {
  readonly sender: number
  readonly charge: number
  readonly timer: number
}

export interface Entry {
  readonly frame: number
  readonly label: number
  /** What clients see of it, as the ledger numbers it. */
  readonly sighting: number
  /** Destination and packet, in turn. */
  readonly packets: ReadonlyArray<number>
}

/** What comes of a step or a crash in a slot, whatever else is in the inbox. */
export interface Outcome {
  readonly slot: number
  /** What the node sends to itself. */
  readonly own: ReadonlyArray<number>
  readonly label: number
  readonly sighting: number
  readonly packets: ReadonlyArray<number>
  /** Whether it stays in lists though it may change nothing. */
  readonly isRemarkable: boolean
}

/** Something that might happen in a slot. */
export interface Prospect {
  readonly guard: number
  readonly label: Label
  /** Null while it was never allowed, in any frame. */
  outcomes: ReadonlyArray<Outcome> | null
}

/** Something that might happen in a frame. */
export interface Candidate {
  readonly prospect: Prospect
  /** Null while it was never allowed. */
  entries: ReadonlyArray<Entry> | null
}

/** Words of an entry of a list before its packets: guard, frame, label, sighting, count of packets. */
export const entryHead = 5
