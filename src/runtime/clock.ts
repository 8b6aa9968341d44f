/** The clock, the source of random numbers, and where nothing is logged and nothing is counted. */
import type { Clock, Logger, Metrics, Random } from './ports.ts'

/**
 * The machine's. What is to run at once runs when everything that has come in so far has been handed over, so that it
 * is worked off together.
 */
export const systemClock: Clock = {
  now: () => performance.now(),
  schedule: (after, run) => {
    if (after <= 0) {
      const immediate = setImmediate(run)
      return () => clearImmediate(immediate)
    }
    const timeout = setTimeout(run, after)
    return () => clearTimeout(timeout)
  }
}

export const systemRandom: Random = Math.random

const ignore = () => undefined

export const silentLogger: Logger = { debug: ignore, info: ignore, warn: ignore, error: ignore }

export const noMetrics: Metrics = { count: ignore, gauge: ignore, observe: ignore }
