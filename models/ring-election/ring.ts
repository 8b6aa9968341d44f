/** What the models of election on a ring have in common. */
import type { Config } from '../../spec/ring-election/index.ts'
import type { NodeId } from '../../spec/kernel/index.ts'

/** A ring of nodes `a`, `b`, … with these numbers, each heard by the next. */
export const ring = (...numbers: ReadonlyArray<number>): Readonly<Record<NodeId, Config>> =>
  Object.fromEntries(numbers.map((number, index) => [String.fromCodePoint(97 + index), { number }]))

/** Each number is stopped where it is least use: they fall all along the ring, and n of them make n(n+1)/2 messages. */
export const falling = (count: number): ReadonlyArray<number> =>
  Array.from({ length: count }, (_, index) => count - index)
