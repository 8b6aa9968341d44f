/**
 * How long a batch waits for more. Who is answered asks again at once, as a rule; so where batches take long and commands
 * wait when one is answered, the next waits a fraction of that time for those as well. Else two halves of the clients wait for each
 * other's batches in turn, and twice as many are written and sent.
 */

export interface Gathering {
  /** @param took how long those that are answered now have waited, in milliseconds */
  readonly begin: (answered: number, waiting: number, took: number) => void
  /** Whether a batch may go, now that so many wait. */
  readonly isOver: (waiting: number) => boolean
}

/** Of the time that a batch takes. */
const fraction = 1 / 4
/** Less than this, in milliseconds, is not worth a timer. */
const least = 1

/**
 * @param most the longest wait, in milliseconds; 0 for none
 * @param onOver called when those that were answered did not come in time
 */
export const gathering = (most: number, onOver: () => void): Gathering => {
  let enough = 0
  let timer: NodeJS.Timeout | null = null

  const end = (): void => {
    if (timer !== null) clearTimeout(timer)
    timer = null
  }

  return {
    begin: (answered, waiting, took) => {
      const wait = Math.min(most, took * fraction)
      if (wait < least || waiting === 0) return
      end()
      enough = answered + waiting
      timer = setTimeout(() => {
        end()
        onOver()
      }, wait)
    },
    isOver: (waiting) => {
      if (timer !== null && waiting < enough) return false
      end()
      return true
    }
  }
}
