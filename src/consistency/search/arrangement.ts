/**
 * An arrangement says which calls may come next, given the calls that are already placed in the sequential order.
 *
 * Part of the sealed search, see search.ts. There is one arrangement for real-time order and one for program order.
 */
export interface Arrangement {
  /** Words of a configuration besides the state, and words for the set of optional calls that are placed. */
  readonly prefixWords: number
  readonly optionalWords: number
  /** Whether every call that certainly took effect is placed. */
  readonly complete: () => boolean
  /** How far it came: grows along a branch, equal for equal prefixes of the history. */
  readonly progress: () => number
  /** Appends the calls that may come next to `into`, the most promising last. */
  readonly candidates: (into: Array<number>) => void
  readonly place: (call: number) => void
  /** Takes back the call that was placed last. */
  readonly takeBack: (call: number) => void
  /** Writes prefix words, then optional words, into `row` from `from`. */
  readonly describe: (row: Int32Array, from: number) => void
}

/** Sorts what lies in `into` from `start` on: greatest weight first. Insertion sort, for there are only a few. */
export const sortTail = (into: Array<number>, start: number, weights: Int32Array): void => {
  for (let i = start + 1; i < into.length; i += 1) {
    const call = into[i]!
    const weight = weights[call]!
    let j = i
    for (; j > start && weights[into[j - 1]!]! < weight; j -= 1) into[j] = into[j - 1]!
    into[j] = call
  }
}
