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

export interface Candidate {
  readonly guard: number
  readonly label: Label
  /** Null while it was never allowed. */
  entries: ReadonlyArray<Entry> | null
}

/** Words of an entry of a list before its packets: guard, frame, label, sighting, count of packets. */
export const entryHead = 5
