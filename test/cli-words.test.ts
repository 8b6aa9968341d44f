/** What the command line says, piece by piece. */
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { createColors } from 'picocolors'
import { PackedSet } from '../src/checker/engine/packed-set.ts'
import { Limits, sayNeeded } from '../src/checker/limits.ts'
import type { Profile, Report } from '../src/checker/report.ts'
import { readBytes, readCount, readParameter, readReductions } from '../src/cli/flags.ts'
import { bytes, count, duration, percent, rounded } from '../src/cli/numbers.ts'
import { progressLine } from '../src/cli/progress.ts'
import { nameColumn, resultDetails, resultLine } from '../src/cli/result.ts'
import { sparkline } from '../src/cli/sparkline.ts'
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
  neededBytes: null,
  outside: 0,
  outsideBy: { depth: 0, node: 0 },
  levels: [1, 1233],
  reductions: ['dead-messages'],
  passes: 2,
  reduced: [],
  rules: { fired: ['a'], never: ['b'] },
  evaluations: {},
  bytesPerState: 30,
  peakBytes: 100 * 1024 ** 2,
  threads: 1,
  profile: null,
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
    [percent(0), '0 %'],
    [percent(0.004), '< 1 %'],
    [percent(0.317), '32 %'],
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

describe('what is said of a model that was checked alone', () => {
  const node = { node: 'n1', slots: 1204, inboxes: 33, frames: 5000, read: 1204 }
  const profile: Profile = {
    nodes: [
      { ...node, fields: [{ field: 'state.log', values: 97 }] },
      { ...node, node: 'n2', inboxes: 2408, read: 64, fields: [{ field: 'state.term', values: 4 }] },
      { ...node, node: 'n3', fields: [{ field: 'state.log', values: 97 }] }
    ],
    ledger: { pages: 6, read: 6, fields: [{ field: 'budget.crashes', values: 3 }] },
    moves: [
      { kind: 'rule', name: 'append', share: 0.6 },
      { kind: 'fault', name: 'crash', share: 0.4 }
    ],
    sample: { states: 2000, of: 11_000 }
  }
  const large = report({
    states: 12_345,
    passes: 2,
    levels: [1, 344, 8000, 4000],
    evaluations: { agreement: 1204, validity: 30 },
    outside: 13,
    outsideBy: { depth: 12, node: 1 },
    reduced: [{ name: 'dead-messages', dead: 412, of: 1311 }],
    profile
  })

  test('all of it', () => {
    expect(resultDetails(large, Infinity)).toEqual([
      '    5,678 transitions, depth 9, 10 reducer calls',
      '    8.2 k states/s, 30 B per state, peak memory 100 MiB',
      '    levels: ▁▁█▄ at most 8,000 at depth 2',
      '    bounds: 12 states at the depth bound, 9; 1 state outside the node bound: judged, not expanded',
      '    evaluations: agreement 1,204, validity 30',
      '    reductions: dead-messages (412 of 1,311 pairs of state and message), in 2 passes',
      '    rules: 1 fired, never: b',
      '    node            states  inboxes   both  distinct values of its fields',
      '    n1 and 1 other   1,204       33  5,000  state.log 97',
      '    n2               1,204    2,408  5,000  state.term 4 (at least: 64 of 1,204 read)',
      '    beside the nodes: 6 distinct; budget.crashes 3',
      '    new states by: append 60 %, (crash) 40 % (moves out of a sample of 2,000 of 11,000 states)',
      '    largest: inbox of n2 (2,408 distinct), field state.log of n1 (97), new states by append 60 %'
    ])
  })

  test('of a small space not where it is large, but of one that was not finished', () => {
    const isShown = (changes: Partial<Report>) =>
      resultDetails({ ...large, ...changes }, Infinity).some((line) => line.includes('largest: '))
    expect([isShown({ states: 9999 }), isShown({ states: 9999, verdict: 'incomplete' })]).toEqual([false, true])
    expect([isShown({}), isShown({ profile: null })]).toEqual([true, false])
  })

  test('the levels take no more than a line', () => {
    const levels = Array.from({ length: 500 }, (_, depth) => 1 + depth)
    for (const width of [20, 40, 60, 80, 200]) {
      const [line = ''] = resultDetails(report({ levels }), width).filter((each) => each.includes('levels: '))
      expect(line.length).toBeLessThanOrEqual(width)
      expect(line).toMatch(/▁.*█/)
    }
  })
})

describe('sparklines', () => {
  test.each([
    [[], 10, ''],
    [[0, 0], 10, '  '],
    [[5], 10, '█'],
    [[0, 1, 2, 3, 4, 5, 6, 7, 8], Infinity, ' ▁▂▃▄▅▆▇█'],
    [[1, 1000], 10, '▁█'],
    [[1, 8, 1, 4], 2, '█▄'],
    [[1, 8, 1, 4], 0, '█']
  ])('%j in %s columns', (values, width, shown) => expect(sparkline(values, width)).toBe(shown))

  test('as long as there is room, something where there is something, the highest where the most is', () =>
    fc.assert(
      fc.property(fc.array(fc.nat(), { minLength: 1 }), fc.integer({ min: 1, max: 100 }), (values, width) => {
        const shown = sparkline(values, width)
        expect(shown).toHaveLength(Math.min(values.length, width))
        expect(shown.includes('█')).toBe(values.some((value) => value > 0))
        expect(shown.trim() === '').toBe(values.every((value) => value === 0))
      })
    ))
})

describe('the memory that a search would have needed', () => {
  const stored = { states: 1500, waiting: 900, levels: [0, 100, 300, 1100], bytesPerState: 20 }

  test('is told where memory ended it, and counts on the level at hand alone', async () => {
    const limits = new Limits({ maxBytes: 1 })
    await limits.look({ states: 1500, transitions: 0, depth: 2, queue: 900 })
    expect(limits.reached(1500)).toBe('the limit of 1 bytes of memory')
    // Levels grew by 2, then by 4: the next has 3,200 states, and 400 of these are there.
    const needed = limits.needed(stored, false) ?? 0
    expect(needed).toBeGreaterThanOrEqual(2800 * 20 + 2 ** 24)
    // It grew by 2, then by 1: the next has half as many, and they are all there.
    expect(limits.needed({ ...stored, levels: [0, 200, 600, 1000] }, false)).toBe(limits.peakBytes)
    expect(sayNeeded(stored, 2 ** 20 + 1)).toBe(
      ' (states found: 1500, waiting: 900); the level at hand takes at least 2 MiB'
    )
  })

  test('reckons with what a table is about to take', async () => {
    const limits = new Limits({ maxBytes: 2 ** 40 })
    const progress = { states: 1500, transitions: 0, depth: 2, queue: 900 }
    await limits.look(progress, 2 ** 39)
    expect(limits.reached(1500)).toBeNull()
    await limits.look(progress, 2 ** 40)
    expect(limits.reached(1500)).toBe(`the limit of ${2 ** 40} bytes of memory`)
    expect(limits.needed(stored, false)).toBeGreaterThan(2 ** 40)

    const set = new PackedSet(1)
    for (let key = 0; set.growth === 0 && key < 4096; key++) set.insert(Int32Array.of(key), 0)
    // A table of 4,096 words is followed by one of four times as many when it is full to 72 %.
    expect([set.size, set.growth]).toEqual([Math.ceil(0.95 * 0.72 * 4096), 3 * 4096 * 4])
  })

  test('is in proportion to the room for states where that was full', () => {
    expect(new Limits({ maxBytes: 1500 }).needed(stored, true)).toBe(4300)
    expect(new Limits({}).needed(stored, true)).toBeNull()
    expect(new Limits({ maxBytes: 2 ** 40 }).needed(stored, false)).toBeNull()
  })
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
  expect(progressLine('raft', { index: 1, of: 1 }, { ...progress, states: 0 })).toBe('raft  looking ahead  3.0 MiB')
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
