/**
 * Program order: the next call of any process may come next, whenever it was invoked.
 *
 * Part of the sealed search, see search.ts. What is placed is told by one position per process; the last call of a
 * process may be optional and has a bit instead.
 */
import { sortTail } from './arrangement.ts'
import type { Arrangement } from './arrangement.ts'

/**
 * @param processes the calls of each process, in order
 * @param optional the calls that may or may not have taken effect: each the last one of its process
 */
export const programOrder = (
  processes: ReadonlyArray<ReadonlyArray<number>>,
  optional: ReadonlySet<number>
): Arrangement => {
  const certain = processes.map((calls) => calls.filter((call) => !optional.has(call)))
  const last = processes.map((calls) => calls.find((call) => optional.has(call)) ?? -1)
  const total = certain.reduce((sum, calls) => sum + calls.length, 0)
  const owner = new Map(processes.flatMap((calls, process) => calls.map((call) => [call, process] as const)))
  const positions = new Int32Array(processes.length)
  const optionalWords = Math.ceil(processes.length / 32)
  const used = new Int32Array(optionalWords)
  let placedCount = 0
  // Real time is the best guess at the order, and what may not have happened at all is tried last.
  const weights = Int32Array.from({ length: owner.size }, (_, call) => (optional.has(call) ? owner.size + call : call))

  const isUsed = (process: number): boolean => ((used[process >> 5]! >>> (process & 31)) & 1) === 1
  const flip = (process: number): void => {
    used[process >> 5] = used[process >> 5]! ^ (1 << (process & 31))
  }

  const move = (call: number, by: 1 | -1): void => {
    const process = owner.get(call) ?? 0
    if (call === last[process]) return flip(process)
    positions[process] = positions[process]! + by
    placedCount += by
  }

  return {
    prefixWords: processes.length,
    optionalWords,
    complete: () => placedCount === total,
    progress: () => placedCount,
    candidates: (into) => {
      const start = into.length
      for (let process = 0; process < processes.length; process += 1) {
        const call = certain[process]?.[positions[process]!]
        const rest = last[process]!
        if (call !== undefined) into.push(call)
        else if (rest !== -1 && !isUsed(process)) into.push(rest)
      }
      sortTail(into, start, weights)
    },
    place: (call) => move(call, 1),
    takeBack: (call) => move(call, -1),
    describe: (row, from) => {
      row.set(positions, from)
      row.set(used, from + positions.length)
    }
  }
}
