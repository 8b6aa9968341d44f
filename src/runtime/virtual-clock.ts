/** Time for tests: it passes only when told to, and then as fast as it can. */
import type { Clock } from './ports.ts'

export interface VirtualClock extends Clock {
  /** Lets so many milliseconds pass, and everything happen that is due by then. */
  readonly pass: (milliseconds: number) => Promise<void>
  /** Lets so many milliseconds pass in which nothing happens, as when the loop is held up: what was due is late. */
  readonly hold: (milliseconds: number) => void
  /** How much is scheduled. */
  readonly scheduled: () => number
}

interface Due {
  readonly at: number
  readonly order: number
  readonly run: () => void
}

const isBefore = (one: Due, other: Due): boolean =>
  one.at < other.at || (one.at === other.at && one.order < other.order)

/** Whatever follows from a promise follows before time goes on. */
const settled = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve))

/** Starts at 0. What is due at the same time happens in the order in which it was scheduled. */
export const virtualClock = (): VirtualClock => {
  const all = new Set<Due>()
  let now = 0
  let order = 0

  const next = (end: number): Due | null => {
    let first: Due | null = null
    for (const due of all) if (due.at <= end && (first === null || isBefore(due, first))) first = due
    return first
  }

  return {
    now: () => now,
    schedule: (after, run) => {
      order += 1
      const due = { at: now + Math.max(0, after), order, run }
      all.add(due)
      return () => void all.delete(due)
    },
    scheduled: () => all.size,
    hold: (milliseconds) => {
      now += milliseconds
    },
    pass: async (milliseconds) => {
      const end = now + milliseconds
      await settled()
      for (let due = next(end); due !== null; due = next(end)) {
        all.delete(due)
        now = Math.max(now, due.at)
        due.run()
        await settled()
      }
      now = end
    }
  }
}
