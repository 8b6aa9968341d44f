/**
 * Timers by name. A step arms and disarms them in thought; the clock learns of it when the effects of the step are
 * released, once per timer and turn, since only where it stands then counts.
 *
 * A timer that is put off, as an election timer is by every message of the leader, is left to run: when it runs out, it is
 * set for the rest of the time.
 */
import type { Clock, Random } from '../ports.ts'
import type { Duration } from './options.ts'

/** An armed timer that ran out. It fires if nothing was done to it since: {@link Timers.expire}. */
export interface Expiry {
  readonly timer: string
  readonly arming: number
}

export interface Timers {
  /** Arms it anew, for its whole duration. */
  readonly start: (timer: string) => void
  readonly stop: (timer: string) => void
  /** Tells the clock of what was started and stopped. */
  readonly release: () => void
  /** Whether this expiry still counts. One that does disarms the timer. */
  readonly expire: (expiry: Expiry) => boolean
  /** Ends them all. */
  readonly clear: () => void
}

/** Clocks that count whole milliseconds may call back that much early. */
const soonMs = 1

const drawn = (duration: Duration, random: Random): number => {
  if (typeof duration === 'number') return duration
  const [shortest, longest] = duration
  return shortest + random() * (longest - shortest)
}

export const timersWith = (
  durations: Readonly<Record<string, Duration>>,
  clock: Clock,
  random: Random,
  onExpiry: (expiry: Expiry) => void
): Timers => {
  /** By name: which arming is in force. */
  const armed = new Map<string, number>()
  /** By name: what the clock runs for it, at the latest until the timer is due. */
  const running = new Map<string, { readonly until: number; readonly cancel: () => void }>()
  /** By name: the arming that was released last, and the moment from which on it fires. */
  const due = new Map<string, Expiry & { readonly moment: number }>()
  const touched = new Set<string>()
  let armings = 0

  const run = (timer: string, after: number): void => {
    const onTime = () => {
      running.delete(timer)
      const { moment = 0, arming = 0 } = due.get(timer) ?? {}
      const left = moment - clock.now()
      if (left < soonMs) onExpiry({ timer, arming })
      else run(timer, left)
    }
    running.set(timer, { until: clock.now() + after, cancel: clock.schedule(after, onTime) })
  }

  const set = (timer: string, arming: number): void => {
    const after = drawn(durations[timer] ?? 0, random)
    const moment = clock.now() + after
    due.set(timer, { timer, arming, moment })
    const now = running.get(timer)
    if (now !== undefined && now.until <= moment) return
    now?.cancel()
    run(timer, after)
  }

  return {
    start: (timer) => {
      armings += 1
      armed.set(timer, armings)
      touched.add(timer)
    },
    stop: (timer) => {
      armed.delete(timer)
      touched.add(timer)
    },
    release: () => {
      for (const timer of touched) {
        const arming = armed.get(timer)
        if (arming !== undefined) set(timer, arming)
        else {
          running.get(timer)?.cancel()
          running.delete(timer)
        }
      }
      touched.clear()
    },
    expire: ({ timer, arming }) => armed.get(timer) === arming && armed.delete(timer),
    clear: () => {
      armed.clear()
      for (const { cancel } of running.values()) cancel()
      running.clear()
    }
  }
}
