/**
 * Timers by name. A step arms and disarms them in thought; the clock learns of it when the effects of the step are
 * released, once per timer and turn, since only where it stands then counts.
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
  const cancels = new Map<string, () => void>()
  const touched = new Set<string>()
  let armings = 0

  const cancel = (timer: string) => {
    cancels.get(timer)?.()
    cancels.delete(timer)
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
        cancel(timer)
        const arming = armed.get(timer)
        if (arming === undefined) continue
        const onTime = () => {
          cancels.delete(timer)
          onExpiry({ timer, arming })
        }
        cancels.set(timer, clock.schedule(drawn(durations[timer] ?? 0, random), onTime))
      }
      touched.clear()
    },
    expire: ({ timer, arming }) => armed.get(timer) === arming && armed.delete(timer),
    clear: () => {
      armed.clear()
      for (const timer of cancels.keys()) cancel(timer)
    }
  }
}
