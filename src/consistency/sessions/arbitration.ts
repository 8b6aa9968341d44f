/**
 * Whether one order of all writes explains all reads: each read answers the last write to its key among those it saw.
 *
 * So a write that a read saw, other than the one it read from, comes before that one. The order exists exactly if
 * what must come before what has no cycle ([Bouajjani17], CyclicCF, for the case of all guarantees).
 */
import type { Access, Accesses } from './accesses.ts'
import { addBits, hasBit, noBits, numbersIn, setBit } from './bits.ts'
import type { Bits } from './bits.ts'
import type { Visibility } from './visibility.ts'

/** `first` comes before `second`, for a session says so, or for `read` read from `second` and saw `first`. */
export interface Precedes {
  readonly first: Access
  readonly second: Access
  /** null where `first` must be seen by whoever sees `second`. */
  readonly read: Access | null
}

/** By key: the writes to it, as bits over the writes. */
export const writesByKey = ({ writes }: Accesses): ReadonlyMap<string, Bits> => {
  const byKey = new Map<string, Bits>()
  for (const [place, { key }] of writes.entries()) {
    const bits = byKey.get(key) ?? noBits(writes.length)
    setBit(bits, place)
    byKey.set(key, bits)
  }
  return byKey
}

/** By write: the writes that come before it. */
const predecessors = (accesses: Accesses, { seen }: Visibility): ReadonlyArray<Bits> => {
  const { all, writes, readFrom } = accesses
  const byKey = writesByKey(accesses)
  const before = writes.map(({ number }) => {
    const bits = noBits(writes.length)
    addBits(bits, seen[number]!)
    return bits
  })
  for (const { number, key } of all) {
    const from = readFrom[number]!
    if (from === -1) continue
    const mask = byKey.get(key)!
    const saw = seen[number]!
    addBits(
      before[from]!,
      saw.map((word, i) => word & mask[i]!)
    )
  }
  return before.map((bits, place) => {
    bits[place >> 5]! &= ~(1 << (place & 31))
    return bits
  })
}

/** Some write that comes before itself; null where there is none. Depth-first, with a stack of its own. */
const someCyclic = (before: ReadonlyArray<Bits>): number | null => {
  const state = new Uint8Array(before.length)
  for (const root of before.keys()) {
    if (state[root] !== 0) continue
    const stack = [{ write: root, rest: numbersIn(before[root]!), at: 0 }]
    state[root] = 1
    while (stack.length > 0) {
      const top = stack.at(-1)!
      const next = top.rest[top.at]
      top.at += 1
      if (next === undefined) {
        state[top.write] = 2
        stack.pop()
      } else if (state[next] === 1) return next
      else if (state[next] === 0) {
        state[next] = 1
        stack.push({ write: next, rest: numbersIn(before[next]!), at: 0 })
      }
    }
  }
  return null
}

/** A shortest cycle through `start`, as writes each of which comes before the next. */
const shortestCycle = (before: ReadonlyArray<Bits>, start: number): ReadonlyArray<number> => {
  const after = new Map<number, number>()
  const queue = [start]
  for (const write of queue) {
    if (hasBit(before[write]!, start)) {
      const cycle = [start]
      for (let next = write; next !== start; next = after.get(next)!) cycle.push(next)
      return cycle
    }
    for (const first of numbersIn(before[write]!))
      if (!after.has(first)) {
        after.set(first, write)
        queue.push(first)
      }
  }
  return []
}

/** The writes of a cycle, each with why it comes before the next; null if one order of writes explains all reads. */
export const conflictCycle = (accesses: Accesses, visibility: Visibility): ReadonlyArray<Precedes> | null => {
  const before = predecessors(accesses, visibility)
  const start = someCyclic(before)
  if (start === null) return null
  const { all, writes, readFrom } = accesses
  const cycle = shortestCycle(before, start)
  return cycle.map((from, i) => {
    const to = cycle[(i + 1) % cycle.length]!
    const ordered = hasBit(visibility.seen[writes[to]!.number]!, from)
    const witness = ({ number }: Access) => readFrom[number] === to && hasBit(visibility.seen[number]!, from)
    return { first: writes[from]!, second: writes[to]!, read: ordered ? null : (all.find(witness) ?? null) }
  })
}
