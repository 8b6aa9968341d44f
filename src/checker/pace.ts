/** How long a search that is at work will take: for those who could help it. */

const { min } = Math
const clock = performance

/** By how much the growth of levels falls from one to the next, at least: a search that grows ever faster would have no end. */
const slowing = 0.93

/**
 * How many states a search will have found in the end, if levels go on as before: their sizes grow by a factor that falls by a factor. So it is for
 * many independent things in every order: too few at first, nearly all once a third is found.
 *
 * @param levels by level: the index of its first state; one entry more than levels, the end of the last
 * @param mostLevels that may still come
 */
export const expectedStates = (levels: ReadonlyArray<number>, mostLevels: number): number => {
  const sizes = levels.slice(1).map((end, level) => end - levels[level]!)
  const [before = 1, last = 1, size = 1] = sizes.slice(-3)
  const slows = min(slowing, size / last / (last / before))
  let [states, next, growth] = [levels.at(-1) ?? 0, size, size / last]
  for (let more = mostLevels; more > 0 && next >= 1; more--) {
    growth *= slows
    next *= growth
    states += next
  }
  return states
}

/** Seconds that must be left for help to be of use: until others are ready half a second passes, and they must learn all that the first one has. */
const worthSeconds = 6

/** Seconds from the beginning in which code is being compiled, and the pace says little. */
const unsettled = 0.5

export class Pace {
  readonly #started = clock.now()
  #looked = clock.now()

  /** Asked once a level: whether so much is left to do, at the pace of the last level, that others should help. */
  isWorthHelp(levels: ReadonlyArray<number>, mostLevels: number): boolean {
    const now = clock.now()
    const seconds = (now - this.#looked) / 1000
    this.#looked = now
    const [before = 0, states = 0] = levels.slice(-2)
    const left = ((expectedStates(levels, mostLevels) - states) * seconds) / (states - before)
    return now - this.#started > 1000 * unsettled && left > worthSeconds
  }
}
