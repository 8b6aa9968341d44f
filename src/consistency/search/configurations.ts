/**
 * The configurations that a search has been in, so that it is never in one twice ([Lowe17]).
 *
 * Part of the sealed search, see search.ts. A configuration is a row of 32-bit words: a prefix (where the search is,
 * which state, which calls are done) and a set of bits (which optional calls are used up). Rows are compared word by
 * word; the hash only finds them. An earlier row with the same prefix that has used up fewer optional calls can do
 * all that the new one can, and it failed or is being worked on, so the new one is as good as seen. Without optional
 * calls this is plain equality.
 */
const { imul } = Math

/** Rows at the start: most parts of a large history are small. */
const initialCapacity = 64

export interface Configurations {
  /** The row to fill in before `add`. */
  readonly row: Int32Array
  /** Remembers the row. false if it, or one that is as good, is there already. */
  readonly add: () => boolean
  /** Rows compared so far. */
  readonly comparisons: () => number
}

export const configurations = (prefixWords: number, optionalWords: number): Configurations => {
  const width = prefixWords + optionalWords
  const row = new Int32Array(width)
  let capacity = initialCapacity
  let rows = new Int32Array(capacity * width)
  let count = 0
  let compared = 0
  // Slots hold 1 + the number of a row, 0 where free; at most half of them are taken.
  let slots = new Int32Array(capacity * 2)

  const hashAt = (words: Int32Array, from: number): number => {
    let hash = 0x9e3779b9 | 0
    for (let i = 0; i < prefixWords; i += 1) {
      hash = imul(hash ^ words[from + i]!, 0x85ebca6b)
      hash ^= hash >>> 15
    }
    hash = imul(hash, 0xc2b2ae35)
    return hash ^ (hash >>> 16)
  }

  const samePrefix = (at: number): boolean => {
    for (let i = 0; i < prefixWords; i += 1) if (rows[at + i] !== row[i]) return false
    return true
  }

  const usesNoMore = (at: number): boolean => {
    for (let i = prefixWords; i < width; i += 1) if ((rows[at + i]! & ~row[i]!) !== 0) return false
    return true
  }

  const grow = (): void => {
    capacity *= 2
    const wider = new Int32Array(capacity * width)
    wider.set(rows)
    rows = wider
    slots = new Int32Array(capacity * 2)
    const mask = slots.length - 1
    for (let number = 0; number < count; number += 1) {
      let slot = hashAt(rows, number * width) & mask
      while (slots[slot] !== 0) slot = (slot + 1) & mask
      slots[slot] = number + 1
    }
  }

  const add = (): boolean => {
    const mask = slots.length - 1
    let slot = hashAt(row, 0) & mask
    for (let taken = slots[slot]!; taken !== 0; taken = slots[slot]!) {
      const at = (taken - 1) * width
      compared += 1
      if (samePrefix(at) && usesNoMore(at)) return false
      slot = (slot + 1) & mask
    }
    rows.set(row, count * width)
    count += 1
    slots[slot] = count
    if (count === capacity) grow()
    return true
  }
  return { row, add, comparisons: () => compared }
}
