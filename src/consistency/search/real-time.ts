/**
 * Real-time order: a call may come next if it was invoked before the first completion whose call is not placed yet.
 *
 * Part of the sealed search, see search.ts. The calls not yet placed stand in a doubly linked list in the order of
 * invocation and are lifted out and put back ([Wing93]). What is placed is told by a number and a few bits: `first`,
 * the first completion whose call is not placed, and one bit for each call that is open at that moment; every call
 * completed before is placed, every call invoked after is not. So a configuration is as small as the concurrency,
 * however long the history.
 */
import { sortTail } from './arrangement.ts'
import type { Arrangement } from './arrangement.ts'

export interface Interval {
  /** The index of the invocation. Intervals come in this order. */
  readonly from: number
  /** The index of the completion; null for a call that may or may not have taken effect. */
  readonly to: number | null
}

const bitsPerWord = 32

/** The calls that completed, in the order of completion. */
const completions = (intervals: ReadonlyArray<Interval>): Int32Array =>
  Int32Array.from(
    intervals
      .flatMap(({ to }, call) => (to === null ? [] : [{ call, to }]))
      .toSorted((a, b) => a.to - b.to)
      .map(({ call }) => call)
  )

/**
 * @param kinds by call: calls of one kind are interchangeable, so of those that may come next only the one that
 *   completes first is offered
 */
export const realTime = (intervals: ReadonlyArray<Interval>, kinds: Int32Array, kindCount: number): Arrangement => {
  const count = intervals.length
  const completed = completions(intervals)
  const last = completed.length
  // By call: which completion is its own; `last`, beyond all of them, for an optional call.
  const rank = new Int32Array(count).fill(last)
  completed.forEach((call, j) => {
    rank[call] = j
  })

  // By completion: how many calls were invoked before it.
  const reach = new Int32Array(last)
  // By call: its bit. An open call has a bit of its own; after its completion the bit is free for another.
  const bit = new Int32Array(count)
  const free: Array<number> = []
  let bits = 0
  let optionalBits = 0
  let invoked = 0
  for (let j = 0; j < last; j += 1) {
    const call = completed[j]!
    const at = intervals[call]?.to ?? 0
    for (; invoked < count && intervals[invoked]!.from < at; invoked += 1)
      bit[invoked] = rank[invoked] === last ? optionalBits++ : (free.pop() ?? bits++)
    reach[j] = invoked
    free.push(bit[call]!)
  }

  // Call `count` is both ends of the list. Calls after the last completion can only be optional: they are never needed.
  const next = Int32Array.from({ length: count + 1 }, (_, i) => (i === count ? 0 : i + 1))
  const previous = Int32Array.from({ length: count + 1 }, (_, i) => (i === 0 ? count : i - 1))
  const placed = new Uint8Array(last + 1)
  const openWords = Math.ceil(bits / bitsPerWord)
  const optionalWords = Math.ceil(optionalBits / bitsPerWord)
  const open = new Int32Array(openWords)
  const optional = new Int32Array(optionalWords)
  let first = 0

  const flip = (words: Int32Array, call: number): void => {
    const b = bit[call]!
    words[b >> 5] = words[b >> 5]! ^ (1 << (b & 31))
  }

  const place = (call: number): void => {
    const before = previous[call]!
    const after = next[call]!
    next[before] = after
    previous[after] = before
    const own = rank[call]!
    if (own === last) return flip(optional, call)
    if (own !== first) {
      placed[own] = 1
      return flip(open, call)
    }
    for (first += 1; placed[first] === 1; first += 1) flip(open, completed[first]!)
  }

  const takeBack = (call: number): void => {
    next[previous[call]!] = call
    previous[next[call]!] = call
    const own = rank[call]!
    if (own === last) return flip(optional, call)
    if (own >= first) {
      placed[own] = 0
      return flip(open, call)
    }
    for (first -= 1; first > own; first -= 1) flip(open, completed[first]!)
  }

  // By kind: where the candidate of that kind stands in this walk.
  const stamp = new Int32Array(kindCount)
  const standing = new Int32Array(kindCount)
  let walk = 0
  const candidates = (into: Array<number>): void => {
    walk += 1
    const start = into.length
    const limit = reach[first]!
    for (let call = next[count]!; call < limit; call = next[call]!) {
      const kind = kinds[call]!
      if (stamp[kind] !== walk) {
        stamp[kind] = walk
        standing[kind] = into.push(call) - 1
      } else if (rank[call]! < rank[into[standing[kind]!]!]!) {
        into[standing[kind]!] = call
      }
    }
    // Just in time ([Lowe17]): the call that completes first is tried first, optional calls are tried last.
    sortTail(into, start, rank)
  }

  const describe = (row: Int32Array, from: number): void => {
    row[from] = first
    row.set(open, from + 1)
    row.set(optional, from + 1 + openWords)
  }

  return {
    prefixWords: 1 + openWords,
    optionalWords,
    complete: () => first === last,
    progress: () => first,
    candidates,
    place,
    takeBack,
    describe
  }
}
