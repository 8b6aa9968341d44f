/** What the judge of isolation says: explanations, levels, and what it answers to input that is no history of transactions. */
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { either } from 'fp-ts'
import { call, fail, historyOf, info, invoke, ok } from '../../src/consistency/builder.ts'
import type { History } from '../../src/consistency/history.ts'
import {
  analyse,
  boundary,
  impossible,
  isolation,
  judge,
  levelNamed,
  levels,
  orderOf,
  verdictOn
} from '../../src/consistency/isolation/index.ts'
import type { IsolationOptions, MicroOperation, Operations } from '../../src/consistency/isolation/index.ts'
import { right } from './isolation-definitions.ts'
import { asked, concurrent, elleExample, sequential, transaction } from './isolation-words.ts'

describe('explanations', () => {
  test('a cycle is told step by step', () => {
    const verdict = right(judge(elleExample(), 'snapshot-isolation'))
    expect(verdict.verdict === 'violation' && verdict.explanation).toBe(
      `The history is not snapshot-isolation.

What was found rules out consistent-view, repeatable-read and every level that implies one of them.

G-single:
  T1 = append 250 10, read 253 = [1 3 4], read 255 = [2 3 4 5], append 256 3 (process 3, records 3 and 7, ok)
  T2 = append 255 8, read 253 = [1 3 4] (process 1, records 1 and 5, ok)
  T3 = append 256 4, read 255 = [2 3 4 5 8], read 256 = [1 2 4], read 253 = [1 3 4] (process 2, records 2 and 6, ok)
  T1 < T2, because T1 read 255 = [2 3 4 5], without the 8 that T2 appended;
  T2 < T3, because T3 read 255 = [2 3 4 5 8], which ends in T2's 8;
  however, T3 < T1, because T3 appended 4 to 256, and T1's 3 comes after it: a contradiction`
    )
  })

  test('registers, processes, real time and pending transactions have words of their own', () => {
    const says = (history: History<unknown, unknown>, options: IsolationOptions = {}): string =>
      right(analyse(history, 'realtime', options))
        .anomalies.map((anomaly) => anomaly.says)
        .join('\n')
    expect(says(concurrent('rx_ ry1', 'wy1 wx2'))).toContain(
      'T1 < T2, because T1 read x = nil, which T2 overwrote with 2;\n  however, T2 < T1, because T1 read y = 1, which T2 wrote: a contradiction'
    )
    const stale = sequential(
      { process: 'a b', words: 'ax1' },
      { process: 'a b', words: 'rx' },
      { process: 1, words: 'rx1' }
    )
    expect(says(stale)).toContain('T1 read x = [], without the 1 that T2 appended')
    expect(says(stale)).toContain('process "a b" ran T2 before T1')
    const late = sequential({ process: 0, words: 'ax1' }, { process: 1, words: 'rx' }, { process: 2, words: 'rx1' })
    expect(says(late)).toContain('T2 was answered in record 1, before T1 was invoked in record 2')
    const versions = sequential({ words: 'wx1' }, { words: 'wx2' }, { words: 'rx1' })
    expect(says(versions, { sequentialKeys: true })).toContain('with sequential keys, each of the versions 1, 2 of x')
    const pending = historyOf(
      invoke(0, [['append', 'x', 1]]),
      invoke(1, [['append', 'x', 2]]),
      call(2, transaction('rx1 rx12', true), transaction('rx1 rx12', true))
    )
    expect(says(pending)).toContain('T1 = read x = [1], read x = [1 2] (process 2, records 2 and 3, ok)')
    expect(says(pending)).toContain('T1 read x = [1 2], though it had read [1] before')
    expect(says(pending)).toContain('append x 2 (process 1, record 1, pending, info)')
  })

  test('a long list is shown by its end', () => {
    const appends = Array.from({ length: 30 }, (_, at): MicroOperation => ['append', 'x', at])
    const history = historyOf(
      call(0, appends, appends),
      call(1, [['r', 'x', null]], [['r', 'x', [...Array(30).keys(), 'what?']]])
    )
    const [anomaly] = right(analyse(history)).anomalies
    expect(anomaly?.says).toContain(
      'read x = [… 19 20 21 22 23 24 25 26 27 28 29 "what?"], but nobody appended "what?"'
    )
  })
})

describe('levels', () => {
  test('stronger levels are ruled out along with the weaker ones they imply', () => {
    expect(boundary(['G0']).not).toEqual(['read-uncommitted'])
    expect(impossible(['G0'])).toEqual(levels)
    expect(boundary(['G2-item', 'G-nonadjacent'])).toEqual({
      not: ['repeatable-read', 'snapshot-isolation'],
      alsoNot: [
        'serializable',
        'strong-session-snapshot-isolation',
        'strong-session-serializable',
        'strong-snapshot-isolation',
        'strict-serializable'
      ]
    })
    expect(boundary([])).toEqual({ not: [], alsoNot: [] })
  })

  test('a level goes by other names too, and one that does not exist is Q653', () => {
    expect(right(levelNamed('PL-SI'))).toBe('snapshot-isolation')
    expect(right(levelNamed('snapshot'))).toBe('snapshot-isolation')
    expect(levelNamed('toString')).toMatchObject(either.left({ code: 'Q653' }))
    expect(judge([], 'linearizable')).toMatchObject(either.left({ code: 'Q653' }))
    expect([
      orderOf('snapshot-isolation'),
      orderOf('strong-session-serializable'),
      orderOf('strict-serializable')
    ]).toEqual(['data', 'process', 'realtime'])
  })

  test('a judge is known by its level, and an analysis says nothing about an order that it did not look at', () => {
    const stale = sequential({ process: 0, words: 'ax1' }, { process: 1, words: 'rx' })
    const strict = right(isolation('PL-SS'))
    expect(strict.name).toBe('isolation:strict-serializable')
    expect(right(strict.judge(stale)).verdict).toBe('violation')
    expect(isolation('any')).toMatchObject(either.left({ code: 'Q653' }))
    const analysis = right(analyse(stale, 'data'))
    expect(verdictOn(analysis, 'serializable').verdict).toBe('ok')
    expect(verdictOn(analysis, 'strict-serializable').verdict).toBe('unknown')
  })

  test('what a level allows is told along with ok', () => {
    const verdict = right(judge(concurrent('rx ay1', 'ry ax1'), 'snapshot-isolation'))
    expect(verdict).toMatchObject({
      verdict: 'ok',
      witness: { undeterminedKeys: 0, allowed: [{ name: 'G2-item' }] }
    })
  })

  test.each<readonly [string, ReadonlyArray<string>, string, boolean, number]>([
    ['lists whose order is known', ['ax1', 'ax2', 'rx12'], 'snapshot-isolation', true, 0],
    ['lists with unread appends', ['ax1', 'ax2', 'rx'], 'snapshot-isolation', false, 1],
    ['the same, where any order of them will do', ['ax1', 'ax2', 'rx'], 'serializable', true, 1],
    ['and in real time', ['ax1', 'ax2', 'rx'], 'strict-serializable', true, 1],
    ['registers whose order is known', ['wx1', 'rx1 wx2'], 'serializable', true, 0],
    ['registers written blindly', ['wx1', 'wx2'], 'serializable', false, 1]
  ])('an ok says whether it is a proof: %s', (_name, lines, level, isProof, undeterminedKeys) => {
    expect(right(judge(concurrent(...lines), level))).toMatchObject({
      verdict: 'ok',
      witness: { isProof, undeterminedKeys }
    })
  })
})

describe('broken input', () => {
  const one: Operations = [['append', 'x', 1]]

  test.each<readonly [string, History<unknown, unknown>]>([
    ['Q601', historyOf(ok(0, one))],
    ['Q602', historyOf(invoke(0, one), invoke(0, [['append', 'x', 2]]))],
    ['Q602', historyOf(invoke(0, one), info(0), invoke(0, [['append', 'x', 2]]))],
    ['Q606', historyOf(call(0, one, [['append', 'x', 2]]))],
    ['Q606', historyOf(call(0, [...one, ['r', 'y', null]], one))],
    ['Q606', historyOf(call(0, [['r', 'y', null]], [['r', 'x', null]]))],
    ['Q650', historyOf(invoke(0, [['append', 'x', null]]))],
    ['Q650', historyOf(invoke(0, [['append', 'x', [1]]]))],
    ['Q650', historyOf(invoke(0, [['append', 'x', Number.NaN]]))],
    ['Q650', historyOf(invoke(0, [['cas', 'x', 1]]))],
    ['Q650', historyOf(invoke(0, [['r', 'x']]))],
    ['Q650', historyOf(invoke(0, [['r', null, null]]))],
    ['Q650', historyOf(invoke(0, [['r', 'x', [[1]]]]))],
    ['Q650', historyOf(invoke(0, 'rx'))],
    ['Q650', historyOf(call(0, [['r', 'x', null]], null))],
    ['Q651', historyOf(invoke(0, one), invoke(1, [['w', 'x', 1]]))],
    ['Q651', historyOf(invoke(0, one), call(1, [['r', 'x', null]], [['r', 'x', 1]]))],
    ['Q652', historyOf(invoke(0, one), fail(0), invoke(0, one))],
    [
      'Q652',
      historyOf(
        invoke(0, [
          ['w', 'x', 1],
          ['w', 'x', 1]
        ])
      )
    ]
  ])('%s', (code, history) => {
    expect(judge(history, 'read-uncommitted')).toMatchObject(either.left({ code }))
  })

  test('an option out of range is Q104, since it could hide what was found', () => {
    expect(judge([], 'serializable', { examples: 0 })).toMatchObject(either.left({ code: 'Q104' }))
    expect(judge([], 'serializable', { budget: Number.NaN })).toMatchObject(either.left({ code: 'Q104' }))
  })

  test('a history without transactions is fine, and so are transactions without micro-operations', () => {
    expect(right(judge([], 'strict-serializable')).verdict).toBe('ok')
    expect(right(judge(historyOf(call(0, [], [])), 'strict-serializable')).verdict).toBe('ok')
  })

  test('1 and "1" are different keys and different values', () => {
    const written: Operations = [
      ['append', 1, 1],
      ['append', '1', 1],
      ['append', 1, '1']
    ]
    const seen: Operations = [
      ['r', 1, [1, '1']],
      ['r', '1', [1]]
    ]
    expect(right(judge(historyOf(call(0, written, written), call(1, asked(seen), seen)), 'serializable')).verdict).toBe(
      'ok'
    )
    const wrong: Operations = [['r', 1, ['1', 1]]]
    expect(
      right(judge(historyOf(call(0, written, written), call(1, asked(wrong), wrong)), 'read-committed')).verdict
    ).toBe('violation')
  })

  test('anything at all in the place of a transaction is a problem or a verdict, never a crash', () => {
    const name = fc.constantFrom<unknown>('x', 'y', 1, -0, '', '__proto__', null)
    const value = fc.oneof(name, fc.array(name, { maxLength: 3 }))
    const operation = fc.oneof(
      { weight: 8, arbitrary: fc.tuple(fc.constantFrom<unknown>('r', 'append', 'r', 'w'), name, value) },
      { weight: 1, arbitrary: fc.anything() }
    )
    const operations = fc.oneof(
      { weight: 9, arbitrary: fc.array(operation, { maxLength: 3 }) },
      { weight: 1, arbitrary: fc.anything() }
    )
    const record = fc.record({
      type: fc.constantFrom('invoke' as const, 'ok' as const, 'fail' as const, 'info' as const),
      process: fc.constantFrom(0, 1, 2),
      operation: operations,
      response: operations,
      reason: fc.constant(null)
    })
    fc.assert(
      fc.property(fc.array(record, { maxLength: 8 }), fc.boolean(), (records, isAnswered) => {
        const lines = isAnswered
          ? records.flatMap((each, at) => [
              { ...each, type: 'invoke' as const, process: at },
              { ...each, type: 'ok' as const, process: at, response: each.operation }
            ])
          : records
        const history = lines.map((each, index) => ({ ...each, index, time: null }))
        const judged = judge(history, 'strict-serializable', { linearizableKeys: true })
        expect(either.isLeft(judged) || judged.right.verdict !== 'unknown').toBe(true)
      }),
      { numRuns: 500 }
    )
  })
})
