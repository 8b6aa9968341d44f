/** Isolation as a property of models: what it keeps of a history is judged as the whole history is. */
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { ClientRecord } from '../../spec/kernel/index.ts'
import { consistent } from '../../src/consistency/in-models.ts'
import { isolated } from '../../src/consistency/isolated.ts'
import type { Reading } from '../../src/consistency/seen.ts'
import { isolation, type Level, type MicroOperation, type Operations } from '../../src/consistency/isolation/index.ts'
import { rightOf } from '../support/runs.ts'

type Seen = ClientRecord<any>

const reading: Reading<any, Operations, Operations> = {
  operation: (request) => request,
  answer: (response) =>
    response === 'failed' ? { type: 'fail' } : response === 'lost' ? { type: 'info' } : { type: 'ok', response }
}

const levels: ReadonlyArray<Level> = ['read-committed', 'snapshot-isolation', 'serializable', 'strict-serializable']

/** Transactions of two or three operations on x and y; reads find anything that somebody may have written, or nothing. */
const transaction = (number: number) =>
  fc.record({
    operations: fc.array(
      fc.record({
        key: fc.constantFrom('x', 'y'),
        writes: fc.boolean(),
        seen: fc.constantFrom(null, 10, 11, 20, 21, 30)
      }),
      { minLength: 1, maxLength: 3 }
    ),
    gap: fc.nat(3),
    end: fc.constantFrom('ok', 'ok', 'ok', 'failed', 'lost', 'open'),
    number: fc.constant(number)
  })

const runs = fc.tuple(transaction(1), transaction(2), transaction(3)).map((made) => {
  const placed = made.flatMap(({ operations, gap, end, number }) => {
    const id = `t${number}`
    const answered = operations.map(({ key, writes, seen }, index): MicroOperation =>
      writes ? ['w', key, number * 10 + index] : ['r', key, seen]
    )
    const asked = answered.map(([name, key, value]) => (name === 'r' ? [name, key, null] : [name, key, value]))
    const invoked = { at: number, record: { type: 'invoke', id, node: 's', request: asked } as Seen }
    const response = end === 'ok' ? answered : end
    return end === 'open'
      ? [invoked]
      : [invoked, { at: number + gap + 0.5, record: { type: 'reply' as const, id, response } }]
  })
  return placed.toSorted((one, other) => one.at - other.at).map(({ record }) => record)
})

describe('what is kept of a history', () => {
  test.each(levels)('is %s exactly if the history is', (level) => {
    const whole = consistent('whole', rightOf(isolation(level)), reading)
    const kept = isolated('kept', level, reading)
    const judged = fc.sample(runs, { numRuns: 3000, seed: 7 }).map((records) => {
      const [one, other] = [whole, kept].map((property) =>
        property.holds(records.reduce<unknown>((so, record) => property.next(so, record), property.initial))
      )
      expect(other).toBe(one)
      return one
    })
    expect(new Set(judged).size).toBe(2)
  })

  test('does not depend on the order in which transactions that overlap are asked and answered', () => {
    const { initial, next } = isolated('kept', 'strict-serializable', reading)
    const invoke = (id: string): Seen => ({ type: 'invoke', id, node: 's', request: [['r', 'x', null]] })
    const reply = (id: string): Seen => ({ type: 'reply', id, response: [['r', 'x', null]] })
    const contentOf = (...records: ReadonlyArray<Seen>) =>
      records.reduce<unknown>((so, record) => next(so, record), initial)
    const overlapping = contentOf(invoke('a'), invoke('b'), reply('a'), reply('b'))
    expect(contentOf(invoke('b'), invoke('a'), reply('b'), reply('a'))).toEqual(overlapping)
    expect(contentOf(invoke('a'), reply('a'), invoke('b'), reply('b'))).not.toEqual(overlapping)
  })

  test('says why, and demands a proof where it is asked to', () => {
    const blind = (id: string, value: number): ReadonlyArray<Seen> => [
      { type: 'invoke', id, node: 's', request: [['w', 'x', value]] },
      { type: 'reply', id, response: [['w', 'x', value]] }
    ]
    const records = [...blind('a', 1), ...blind('b', 2)]
    const verdicts = [false, true].map((proven) => {
      const { initial, next, holds } = isolated('kept', 'snapshot-isolation', reading, { proven })
      return holds(records.reduce<unknown>((so, record) => next(so, record), initial))
    })
    expect(verdicts).toEqual([true, false])
    const { explain } = isolated('kept', 'read-committed', reading)
    const dirty: ReadonlyArray<Seen> = [
      { type: 'invoke', id: 'a', node: 's', request: [['w', 'x', 1]] },
      { type: 'reply', id: 'a', response: 'failed' },
      { type: 'invoke', id: 'b', node: 's', request: [['r', 'x', null]] },
      { type: 'reply', id: 'b', response: [['r', 'x', 1]] }
    ]
    expect(explain?.([])).toBeNull()
    expect(explain?.(dirty)).toContain('G1a')
  })
})
