/**
 * Calls that no order can place, found without looking at order: a value read that nobody wrote, say.
 *
 * Part of the sealed search, see search.ts. Every state that any sequence of these calls can reach, each used as
 * often as one likes, is an upper bound on the states of any order. A call that none of them allows refutes all
 * orders at once, which the search would find out only after trying them all.
 */
import { refused } from './transitions.ts'
import type { Transitions } from './transitions.ts'

/** Steps of the reducer to spend on it at most. */
const mostSteps = 100_000

/** The kinds of calls that no reachable state allows; none where there are too many states to tell. */
export const impossibleKinds = ({ kindCount, next }: Transitions<unknown>): ReadonlySet<number> => {
  const reached = new Set([0])
  const allowed = new Uint8Array(kindCount)
  let steps = 0
  // A set visits what is added while it is walked.
  for (const state of reached) {
    steps += kindCount
    if (steps > mostSteps) return new Set()
    for (let kind = 0; kind < kindCount; kind += 1) {
      const after = next(state, kind)
      if (after === refused) continue
      allowed[kind] = 1
      reached.add(after)
    }
  }
  return new Set([...allowed.keys()].filter((kind) => allowed[kind] === 0))
}
