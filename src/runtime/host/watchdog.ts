/** Notices a loop that is held up: by a step that takes too long, by the application, by the machine. */
import type { Clock, Logger, Metrics } from '../ports.ts'
import type { Limits } from './options.ts'

/**
 * A loop that lags cannot keep its timers, and a leader that cannot is deposed, so it is said, once per stretch.
 *
 * @returns how to end it
 */
export const watch = (
  { every, lag: tolerated }: Limits['watch'],
  clock: Clock,
  logger: Logger,
  metrics: Metrics
): (() => void) => {
  let isLate = false
  let cancel: (() => void) | null = null
  const next = (due: number) => {
    cancel = clock.schedule(due - clock.now(), () => {
      const lag = clock.now() - due
      metrics.observe('quorate_loop_lag_seconds', lag / 1000)
      if (lag > tolerated && !isLate) logger.warn({ lag, tolerated }, 'the loop is held up: timers fire late')
      isLate = lag > tolerated
      next(clock.now() + every)
    })
  }
  next(clock.now() + every)
  return () => cancel?.()
}
