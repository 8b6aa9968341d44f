/** The judge of isolation against the definitions of the levels, on random small histories. */
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { judge, transactions } from '../../src/consistency/isolation/index.ts'
import type {
  IsolationOptions,
  IsolationVerdict,
  Level,
  Transaction,
  TransactionHistory
} from '../../src/consistency/isolation/index.ts'
import {
  draws,
  isParallelSnapshotIsolated,
  isSerializable,
  isSnapshotIsolated,
  listHistory,
  registerHistory,
  right
} from './isolation-definitions.ts'
import type { Order } from './isolation-definitions.ts'

const holds = (
  history: TransactionHistory,
  level: Level,
  options: IsolationOptions = {}
): IsolationVerdict['verdict'] => right(judge(history, level, options)).verdict

const runs = { numRuns: 500 }

const serialLevels: ReadonlyArray<readonly [Level, Order]> = [
  ['serializable', 'data'],
  ['strong-session-serializable', 'process'],
  ['strict-serializable', 'realtime']
]

const snapshotLevels: ReadonlyArray<readonly [Level, Order]> = [
  ['snapshot-isolation', 'data'],
  ['strong-session-snapshot-isolation', 'process'],
  ['strong-snapshot-isolation', 'realtime']
]

/** Counts verdicts, so that a test can show that it saw both. */
const tally = (): { readonly count: (verdict: string) => void; readonly of: (verdict: string) => number } => {
  const counts = new Map<string, number>()
  return {
    count: (verdict) => void counts.set(verdict, (counts.get(verdict) ?? 0) + 1),
    of: (verdict) => counts.get(verdict) ?? 0
  }
}

describe('lists: each append unique, any reads, aborted and uncertain transactions', () => {
  // Exact for every such history: the traces order every append that was read, the rest follows every complete read,
  // and any topological order of an acyclic graph is a serial order that explains the reads.
  const everyCycle: typeof serialLevels = [...serialLevels, ['repeatable-read', 'data']]

  test.each(everyCycle)('%s exactly when some serial order explains the history', (level, order) => {
    const seen = tally()
    fc.assert(
      fc.property(draws, fc.integer({ min: 2, max: 6 }), (numbers, count) => {
        const history = listHistory(numbers, count)
        const judged = right(judge(history, level))
        if (judged.verdict === 'ok') expect(judged.witness.isProof).toBe(true)
        const { verdict } = judged
        seen.count(verdict)
        expect(verdict).toBe(isSerializable(right(transactions(history)), order) ? 'ok' : 'violation')
      }),
      runs
    )
    expect(seen.of('ok')).toBeGreaterThan(10)
    expect(seen.of('violation')).toBeGreaterThan(10)
  })

  // Exact where no key has two unread appends of different transactions; else a violation is still a violation.
  test.each(snapshotLevels)('%s exactly when some schedule of snapshots explains the history', (level, order) => {
    const seen = tally()
    fc.assert(
      fc.property(draws, fc.integer({ min: 2, max: 5 }), (numbers, count) => {
        const history = listHistory(numbers, count)
        const verdict = right(judge(history, level))
        const possible = isSnapshotIsolated(right(transactions(history)), order)
        if (verdict.verdict === 'ok' && !verdict.witness.isProof) return
        seen.count(verdict.verdict)
        expect(verdict.verdict).toBe(possible ? 'ok' : 'violation')
      }),
      runs
    )
    expect(seen.of('ok')).toBeGreaterThan(10)
    expect(seen.of('violation')).toBeGreaterThan(10)
  })

  test('parallel snapshot isolation exactly when some visibility relation explains the history', () => {
    const seen = tally()
    fc.assert(
      fc.property(draws, fc.integer({ min: 2, max: 4 }), (numbers, count) => {
        const history = listHistory(numbers, count)
        const verdict = right(judge(history, 'parallel-snapshot-isolation'))
        const possible = isParallelSnapshotIsolated(right(transactions(history)))
        if (verdict.verdict === 'ok' && !verdict.witness.isProof) return
        seen.count(verdict.verdict)
        expect(verdict.verdict).toBe(possible ? 'ok' : 'violation')
      }),
      runs
    )
    expect(seen.of('ok')).toBeGreaterThan(10)
    expect(seen.of('violation')).toBeGreaterThan(10)
  })
})

describe('registers: each write unique', () => {
  const everyLevel = [
    ...serialLevels.map(
      ([level, order]) => [level, (all: ReadonlyArray<Transaction>) => isSerializable(all, order)] as const
    ),
    ...snapshotLevels.map(
      ([level, order]) => [level, (all: ReadonlyArray<Transaction>) => isSnapshotIsolated(all, order)] as const
    ),
    ['parallel-snapshot-isolation', isParallelSnapshotIsolated] as const
  ]

  // Exact where the versions of every key form one chain, as they do where each write follows a read of the key and no
  // update is lost; else a violation is still a violation.
  test.each(everyLevel)(
    '%s: no false violation, and no false ok where the version orders are known',
    (level, possible) => {
      const seen = tally()
      fc.assert(
        fc.property(draws, fc.integer({ min: 2, max: 4 }), fc.integer({ min: 0, max: 4 }), (numbers, count, blind) => {
          const history = registerHistory(numbers, count, blind)
          const verdict = right(judge(history, level))
          if (verdict.verdict === 'ok' && !verdict.witness.isProof) return
          seen.count(verdict.verdict)
          expect(verdict.verdict).toBe(possible(right(transactions(history))) ? 'ok' : 'violation')
        }),
        runs
      )
      expect(seen.of('ok')).toBeGreaterThan(10)
      expect(seen.of('violation')).toBeGreaterThan(10)
    }
  )

  test('what is strictly serializable keeps every key linearizable, so the assumptions find nothing in it', () => {
    const seen = tally()
    fc.assert(
      fc.property(draws, fc.integer({ min: 2, max: 5 }), fc.integer({ min: 0, max: 8 }), (numbers, count, blind) => {
        const history = registerHistory(numbers, count, blind)
        if (!isSerializable(right(transactions(history)), 'realtime')) return
        const verdict = holds(history, 'strict-serializable', { sequentialKeys: true, linearizableKeys: true })
        seen.count(verdict)
        expect(verdict).toBe('ok')
      }),
      runs
    )
    expect(seen.of('ok')).toBeGreaterThan(10)
  })

  test('the assumptions find what is invisible without them', () => {
    const found = tally()
    fc.assert(
      fc.property(draws, fc.integer({ min: 3, max: 5 }), (numbers, count) => {
        const history = registerHistory(numbers, count, 8)
        const without = holds(history, 'strict-serializable')
        const assuming = holds(history, 'strict-serializable', { linearizableKeys: true })
        if (without === 'violation') expect(assuming).toBe('violation')
        if (without === 'ok') found.count(assuming)
      }),
      runs
    )
    expect(found.of('violation')).toBeGreaterThan(0)
  })
})
