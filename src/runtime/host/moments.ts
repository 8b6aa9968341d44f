/** Waiting for a node to come to some condition. */
import type { Clock } from '../ports.ts'

/** A promise, and how to resolve it. */
export const promised = <A>() => {
  let resolve: ((value: A) => void) | null = null
  const promise = new Promise<A>((resolving) => {
    resolve = resolving
  })
  return { promise, resolve: (value: A) => resolve?.(value) }
}

export interface Moments {
  /** Something may have changed: whoever waits looks again. */
  readonly look: () => void
  /** Resolves when the condition holds, when waiting is in vain, or at this moment of the clock; null for never. */
  readonly until: (condition: () => boolean, latest: number | null) => Promise<void>
}

export const momentsWith = (clock: Clock, inVain: () => boolean): Moments => {
  const watchers = new Set<() => void>()
  return {
    look: () => watchers.forEach((look) => look()),
    until: (condition, latest) => {
      const { promise, resolve } = promised<void>()
      const end = () => {
        cancel()
        watchers.delete(look)
        resolve()
      }
      const look = () => {
        if (condition() || inVain()) end()
      }
      const cancel = latest === null ? () => undefined : clock.schedule(Math.max(0, latest - clock.now()), end)
      watchers.add(look)
      look()
      return promise
    }
  }
}
