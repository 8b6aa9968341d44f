import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { Arrangement } from '../../src/consistency/search/arrangement.ts'
import { configurations } from '../../src/consistency/search/configurations.ts'
import { programOrder } from '../../src/consistency/search/program-order.ts'
import { realTime } from '../../src/consistency/search/real-time.ts'
import type { Interval } from '../../src/consistency/search/real-time.ts'

describe('configurations', () => {
  const row = fc.array(fc.nat(3), { minLength: 4, maxLength: 4 })
  test('a row is new unless one with the same prefix uses no more of the optional bits', () => {
    fc.assert(
      fc.property(fc.array(row, { maxLength: 300 }), (rows) => {
        const seen = configurations(2, 2)
        const kept: Array<ReadonlyArray<number>> = []
        for (const words of rows) {
          const [a, b, c, d] = words as [number, number, number, number]
          const known = kept.some(([e, f, g, h]) => e === a && f === b && (g! & ~c) === 0 && (h! & ~d) === 0)
          seen.row.set(words)
          expect(seen.add()).toBe(!known)
          if (!known) kept.push(words)
        }
      })
    )
  })
})

/** Walks at random, placing and taking back, and tells at each stop what is placed, what may come next, and the row. */
const walk = (
  arrangement: Arrangement,
  steps: ReadonlyArray<number>,
  look: (placed: ReadonlyArray<number>, candidates: ReadonlyArray<number>, row: string) => void
): void => {
  const placed: Array<number> = []
  const rows = [rowOf(arrangement)]
  for (const step of steps) {
    const candidates: Array<number> = []
    arrangement.candidates(candidates)
    look(placed, candidates, rows.at(-1)!)
    if (candidates.length === 0 || step % 3 === 0) {
      if (placed.length === 0) continue
      arrangement.takeBack(placed.pop()!)
      rows.pop()
      expect(rowOf(arrangement)).toBe(rows.at(-1))
    } else {
      const call = candidates[step % candidates.length]!
      arrangement.place(call)
      placed.push(call)
      rows.push(rowOf(arrangement))
    }
  }
}

const rowOf = (arrangement: Arrangement): string => {
  const row = new Int32Array(arrangement.prefixWords + arrangement.optionalWords)
  arrangement.describe(row, 0)
  return row.join()
}

/** Rows and sets of placed calls are in one-to-one relation. */
const oneToOne = () => {
  const sets = new Map<string, string>()
  const rows = new Map<string, string>()
  return (placed: ReadonlyArray<number>, row: string): void => {
    const set = placed.toSorted((a, b) => a - b).join()
    expect(sets.get(row) ?? set).toBe(set)
    expect(rows.get(set) ?? row).toBe(row)
    sets.set(row, set)
    rows.set(set, row)
  }
}

const steps = fc.array(fc.nat(100), { minLength: 20, maxLength: 200 })

describe('real-time order', () => {
  const intervals = fc
    .array(fc.record({ length: fc.nat(9), open: fc.nat(5) }), { minLength: 1, maxLength: 14 })
    .map((plan) =>
      plan.map(({ length, open }, i): Interval => ({ from: i * 3, to: open === 0 ? null : i * 3 + length * 3 + 1 }))
    )
    .map((all) => all.map(({ from, to }, i) => ({ from, to: to === null ? null : to + i / 100 })))

  test('what may come next, and how configurations are told apart', () => {
    fc.assert(
      fc.property(intervals, steps, (all, taken) => {
        const arrangement = realTime(
          all,
          Int32Array.from(all, (_, i) => i),
          all.length
        )
        const related = oneToOne()
        walk(arrangement, taken, (placed, candidates, row) => {
          const rest = [...all.keys()].filter((call) => !placed.includes(call))
          const certain = rest.filter((call) => all[call]!.to !== null)
          expect(arrangement.complete()).toBe(certain.length === 0)
          const bound = Math.min(...certain.map((call) => all[call]!.to!))
          const expected = certain.length === 0 ? [] : rest.filter((call) => all[call]!.from < bound)
          expect(candidates.toSorted((a, b) => a - b)).toEqual(expected)
          const ends = candidates.map((call) => all[call]!.to ?? Infinity)
          expect(ends).toEqual(ends.toSorted((a, b) => b - a))
          related(placed, row)
        })
      })
    )
  })
  test('of one kind, only the call that completes first is offered', () => {
    const arrangement = realTime(
      [
        { from: 0, to: 9 },
        { from: 1, to: 8 },
        { from: 2, to: null },
        { from: 3, to: 10 }
      ],
      Int32Array.from([0, 0, 0, 1]),
      2
    )
    const candidates: Array<number> = []
    arrangement.candidates(candidates)
    expect(candidates).toEqual([3, 1])
  })
})

describe('program order', () => {
  test('what may come next, and how configurations are told apart', () => {
    const owners = fc.array(fc.nat(3), { minLength: 1, maxLength: 12 })
    fc.assert(
      fc.property(owners, fc.nat(15), steps, (owner, lost, taken) => {
        const processes = [0, 1, 2, 3].map((process) => [...owner.keys()].filter((call) => owner[call] === process))
        const optional = new Set(processes.flatMap((own, i) => (((lost >> i) & 1) === 1 ? own.slice(-1) : [])))
        const arrangement = programOrder(processes, optional)
        const related = oneToOne()
        walk(arrangement, taken, (placed, candidates, row) => {
          const heads = processes.flatMap((own) => own.find((call) => !placed.includes(call)) ?? [])
          expect(candidates.toSorted((a, b) => a - b)).toEqual(heads.toSorted((a, b) => a - b))
          expect(arrangement.complete()).toBe(
            [...owner.keys()].every((call) => placed.includes(call) || optional.has(call))
          )
          related(placed, row)
        })
      })
    )
  })
})
