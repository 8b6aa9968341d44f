/** What the command line says, piece by piece. */
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { createColors } from 'picocolors'
import type { Report } from '../src/checker/report.ts'
import { readBytes, readCount, readParameter, readReductions } from '../src/cli/flags.ts'
import { bytes, count, duration, rounded } from '../src/cli/numbers.ts'
import { progressLine } from '../src/cli/progress.ts'
import { nameColumn, resultLine } from '../src/cli/result.ts'
import { lastLine, uncoveredRules } from '../src/cli/summary.ts'
import { table, type Column } from '../src/cli/table.ts'
import { selectNames } from '../src/load/select.ts'

const plain = createColors(false)

const report = (changes: Partial<Report> = {}): Report => ({
  model: 'm',
  protocol: 'p',
  verdict: 'holds',
  property: null,
  expected: { verdict: 'holds', property: null },
  asExpected: true,
  assumption: null,
  states: 1234,
  transitions: 5678,
  depth: 9,
  seconds: 1.5,
  reducerCalls: 10,
  complete: true,
  limit: null,
  outside: 0,
  levels: [1, 1233],
  reductions: ['dead-messages'],
  passes: 2,
  rules: { fired: ['a'], never: ['b'] },
  evaluations: {},
  bytesPerState: 30,
  histories: null,
  trace: null,
  ...changes
})

describe('numbers', () => {
  test.each([
    [count(0), '0'],
    [count(999), '999'],
    [count(1234567), '1,234,567'],
    [bytes(30), '30 B'],
    [bytes(1536), '1.5 KiB'],
    [bytes(5 * 1024 ** 3), '5.0 GiB'],
    [rounded(812_345), '812 k'],
    [rounded(7_400_000), '7.4 M'],
    [duration(0.314), '0.31 s'],
    [duration(12.34), '12.3 s'],
    [duration(245.2), '4 min 05 s']
  ])('%s', (shown, expected) => expect(shown).toBe(expected))
})

describe('values of options', () => {
  test('counts and sizes', () => {
    expect([readCount('5_000'), readCount('1,000')]).toEqual([5000, 1000])
    expect([readBytes('512m'), readBytes('8g'), readBytes('1.5GiB'), readBytes('100')]).toEqual([
      512 * 1024 ** 2,
      8 * 1024 ** 3,
      1.5 * 1024 ** 3,
      100
    ])
    for (const wrong of ['', '0', '-1', '1.5', 'ten', '1e400']) expect(() => readCount(wrong)).toThrow()
    for (const wrong of ['', '0', 'g', '1x', '1 g']) expect(() => readBytes(wrong)).toThrow()
  })

  test('parameters: the last of a name counts, and a value may hold anything', () => {
    expect(readParameter('a=1=2', { a: '0', b: '3' })).toEqual({ a: '1=2', b: '3' })
    expect(readParameter('a=')).toEqual({ a: '' })
    expect(() => readParameter('=1')).toThrow()
  })

  test('reductions', () => {
    expect(readReductions('none')).toEqual([])
    expect(readReductions('dead-messages, dead-messages')).toEqual(['dead-messages', 'dead-messages'])
    expect(() => readReductions('dead-messages,none')).toThrow()
  })
})

test('names are selected by the name itself, by a part, by a pattern', () => {
  const names = ['raft', 'raft-3', 'raft.3', 'paxos']
  expect(selectNames(names, null)).toEqual(names)
  expect(selectNames(names, 'raft')).toEqual(['raft'])
  expect(selectNames(names, 'raf')).toEqual(['raft', 'raft-3', 'raft.3'])
  expect(selectNames(names, '*.3')).toEqual(['raft.3'])
  expect(selectNames(names, 'p*s')).toEqual(['paxos'])
  expect(selectNames(names, 'viewstamped')).toEqual([])
})

test('a line for a model says its verdict, what was expected, and what stopped it', () => {
  expect(resultLine(report(), 4, plain)).toBe('✓ m     holds  1,234 states, 1.50 s')
  const stopped = { verdict: 'incomplete', asExpected: false, limit: 'interrupted', states: 1 } as const
  expect(resultLine(report(stopped), 0, plain)).toBe(
    '✗ m  incomplete, expected: holds  1 state, stopped: interrupted, 1.50 s'
  )
  expect([nameColumn(['short', 'longer'], 80), nameColumn(['short', 'longer'], 40)]).toEqual([6, 0])
})

test('the last line counts, and names what is not as expected', () => {
  const bad = report({ model: 'bad', asExpected: false })
  expect(lastLine([report(), report()], [], 3, plain)).toBe('2 models in 3.00 s: all as expected')
  expect(lastLine([report(), bad], ['1 model could not be checked'], 3, plain)).toBe(
    '2 models in 3.00 s: 1 as expected; not as expected: bad; 1 model could not be checked'
  )
})

test('coverage is of all models of a protocol together', () => {
  const other = report({ rules: { fired: ['b'], never: ['a', 'c'] } })
  expect(uncoveredRules([report()])).toEqual([{ protocol: 'p', models: 1, never: ['b'] }])
  expect(uncoveredRules([report(), other])).toEqual([{ protocol: 'p', models: 2, never: ['c'] }])
  expect(uncoveredRules([report(), report({ protocol: 'q', rules: { fired: ['b'], never: [] } })])).toEqual([
    { protocol: 'p', models: 1, never: ['b'] }
  ])
})

test('progress tells the most telling first', () => {
  const progress = { states: 1_234_567, transitions: 0, depth: 22, queue: 345, seconds: 2, bytes: 3 * 1024 ** 2 }
  expect(progressLine('raft', { index: 3, of: 12 }, progress)).toBe(
    '[3/12] raft  1,234,567 states  617 k/s  depth 22  queue 345  3.0 MiB'
  )
})

describe('tables', () => {
  const columns: ReadonlyArray<Column<readonly [string, string, string]>> = [
    { title: 'name', text: ([name]) => name, align: 'left', expendable: 0 },
    { title: 'n', text: ([, n]) => n, align: 'right', expendable: 2, paint: (text) => `<${text}>` },
    { title: 'why', text: ([, , why]) => why, align: 'left', expendable: 1 }
  ]
  const rows = [
    ['one', '1', 'x'],
    ['twenty', '20', 'yy']
  ] as const

  test('columns are as wide as they need to be', () => {
    expect(table(columns, rows, Infinity)).toEqual(['name     n  why', 'one     < 1>  x', 'twenty  <20>  yy'])
  })

  test('where there is no room, the least important column goes first, then the first column is cut', () => {
    expect(table(columns, rows, 12)).toEqual(['name    why', 'one     x', 'twenty  yy'])
    expect(table(columns, rows, 9)).toEqual(['name', 'one', 'twenty'])
    expect(table(columns, rows, 5)).toEqual(['name', 'one', 'twen…'])
  })

  test('no line is wider than the terminal', () =>
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.string(), fc.string(), fc.string()), { minLength: 1 }),
        fc.integer({ min: 1, max: 60 }),
        (cells, width) => {
          const bare = columns.map((column) => ({ ...column, paint: (text: string) => text }))
          expect(Math.max(...table(bare, cells, width).map((line) => line.length))).toBeLessThanOrEqual(width)
        }
      )
    ))
})
