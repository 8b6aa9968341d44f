/** Chance that can be repeated. */
import type { Random } from '../ports.ts'

const { imul } = Math

/**
 * The same numbers for the same seed, in any run. Mulberry32: enough for delays and losses, and nothing that has to be secret.
 *
 * @param seed a whole number; its lower 32 bits count
 */
export const seededRandom = (seed: number): Random => {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    const mixed = imul(state ^ (state >>> 15), state | 1)
    const again = mixed ^ (mixed + imul(mixed ^ (mixed >>> 7), mixed | 61))
    return ((again ^ (again >>> 14)) >>> 0) / 2 ** 32
  }
}
