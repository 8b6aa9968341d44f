/** What a host tells a disk of a change: all of it, and nothing that did not change. */
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import * as t from 'io-ts'
import {
  append,
  appendAll,
  closed,
  compact,
  emptyLog,
  entryAt,
  firstDifference,
  lastIndex,
  logOf,
  Natural,
  truncate,
  type Log
} from '../spec/kernel/index.ts'
import { changesBetween, type Stored } from '../src/runtime/index.ts'
import { changed } from './runtime/world.ts'

const distance = fc.oneof(fc.nat({ max: 3 }), fc.nat({ max: 70 }), fc.constantFrom(31, 32, 33, 1023, 1024, 1025, 2500))

/** Entries that are objects: each is itself, and no other. */
const entry = (value: number) => ({ value })
type Entry = ReturnType<typeof entry>

const operation: fc.Arbitrary<(log: Log<Entry>) => Log<Entry>> = fc.oneof(
  distance.map(
    (count) => (log: Log<Entry>) =>
      appendAll(
        log,
        Array.from({ length: count }, (_, place) => entry(place))
      )
  ),
  distance.map((back) => (log: Log<Entry>) => truncate(log, lastIndex(log) - back)),
  distance.map((ahead) => (log: Log<Entry>) => compact(log, log.first + ahead - 1))
)
const operations = fc.array(operation, { maxLength: 8 })
const beginning = fc.constantFrom(0, 7, 1000, 40_000, 32 ** 4 - 5)
const ran = (log: Log<Entry>, all: ReadonlyArray<(log: Log<Entry>) => Log<Entry>>) =>
  all.reduce((so, operate) => operate(so), log)

describe('the first difference of two logs', () => {
  test('is where a walk along both finds it', () => {
    fc.assert(
      fc.property(beginning, operations, operations, operations, (first, common, one, other) => {
        const shared = ran(compact<Entry>(emptyLog, first), common)
        const [a, b] = [ran(shared, one), ran(shared, other)]
        const start = Math.max(a.first, b.first)
        const end = Math.max(start, Math.min(a.last, b.last) + 1)
        const walked = Array.from({ length: end - start }, (_, offset) => start + offset)
        expect(firstDifference(a, b)).toBe(walked.find((index) => entryAt(a, index) !== entryAt(b, index)) ?? end)
      }),
      { numRuns: 300 }
    )
  })

  test('takes no longer where the logs are long', () => {
    const long = appendAll(
      emptyLog,
      Array.from({ length: 100_000 }, (_, place) => entry(place))
    )
    let reads = 0
    const counted = (log: Log<Entry>): Log<Entry> => ({
      ...log,
      levels: log.levels.map(
        (level) =>
          new Proxy(level, {
            get: (list, key, proxy) => {
              reads += 1
              return Reflect.get(list, key, proxy) as unknown
            }
          })
      )
    })
    expect(firstDifference(counted(long), counted(append(long, entry(0))))).toBe(100_001)
    expect(reads).toBeLessThan(300)
  })
})

const Entry = closed('Entry', { value: Natural })
const Durable = closed('Durable', { term: Natural, votedFor: t.union([t.string, t.null]), log: logOf(Entry) })
type Durable = t.TypeOf<typeof Durable>

const kept = (durables: ReadonlyArray<unknown>, codec: t.Type<any, unknown>): Stored | null =>
  durables.reduce<{ readonly stored: Stored | null; readonly before: { readonly durable: unknown } | null }>(
    ({ stored, before }, durable) => ({
      stored: changed(stored, changesBetween(before, durable, codec)),
      before: { durable }
    }),
    { stored: null, before: null }
  ).stored

describe('the changes of a durable part', () => {
  test('make what a disk keeps equal to it, encoded, whatever happened to it', () => {
    const durable = fc
      .tuple(beginning, fc.array(fc.tuple(fc.nat({ max: 2 }), fc.constantFrom(null, 'a', 'b'), operations)))
      .map(([first, steps]) =>
        steps.reduce<ReadonlyArray<Durable>>(
          (all, [term, votedFor, done]) => [...all, { term, votedFor, log: ran((all.at(-1) as Durable).log, done) }],
          [{ term: 0, votedFor: null, log: compact<Entry>(emptyLog, first) }]
        )
      )
    fc.assert(
      fc.property(durable, (durables) => {
        expect(kept(durables, Durable)).toEqual(Durable.encode(durables.at(-1) as Durable))
      })
    )
  })

  const log = appendAll(emptyLog, [1, 2, 3].map(entry))
  const before: Durable = { term: 1, votedFor: null, log }
  test.each<[string, Durable, ReadonlyArray<unknown>]>([
    ['nothing', { ...before }, []],
    ['a field', { ...before, term: 2 }, [{ type: 'set', field: 'term', value: 2 }]],
    [
      'entries at the end',
      { ...before, log: append(log, entry(4)) },
      [{ type: 'append', field: 'log', from: 4, entries: [{ value: 4 }] }]
    ],
    ['none at the end', { ...before, log: truncate(log, 1) }, [{ type: 'append', field: 'log', from: 2, entries: [] }]],
    [
      'others in their place',
      { ...before, log: append(truncate(log, 1), entry(9)) },
      [{ type: 'append', field: 'log', from: 2, entries: [{ value: 9 }] }]
    ],
    ['none at the beginning', { ...before, log: compact(log, 2) }, [{ type: 'compact', field: 'log', first: 3 }]],
    ['a snapshot instead', { ...before, log: compact(emptyLog, 9) }, [{ type: 'compact', field: 'log', first: 10 }]],
    [
      'a shorter snapshot instead',
      { ...before, log: compact(emptyLog, 1) },
      [
        { type: 'compact', field: 'log', first: 2 },
        { type: 'append', field: 'log', from: 2, entries: [] }
      ]
    ],
    [
      'another log',
      { ...before, log: appendAll(emptyLog, [entry(1)]) },
      [{ type: 'append', field: 'log', from: 1, entries: [{ value: 1 }] }]
    ]
  ])('are as few as can be: %s', (_what, after, expected) => {
    expect(changesBetween({ durable: before }, after, Durable)).toEqual(expected)
  })

  test('of a log that begins before the old one are the whole of it', () => {
    expect(changesBetween({ durable: { ...before, log: compact(log, 2) } }, before, Durable)).toEqual([
      { type: 'set', field: 'log', value: { first: 1, entries: [1, 2, 3].map(entry) } }
    ])
  })

  test('of no durable part, of a list, and of records that follow one another', () => {
    const Either = t.union([
      closed('Working', { is: t.literal('working') }),
      closed('Prepared', { is: t.literal('prepared'), log: logOf(Entry) }),
      t.null,
      t.array(Natural)
    ])
    const all = [
      null,
      { is: 'working' },
      { is: 'prepared', log },
      { is: 'prepared', log: append(log, entry(4)) },
      [1],
      null
    ]
    expect(all.map((_, index) => kept(all.slice(0, index + 1), Either))).toEqual([
      { '=': null },
      { is: 'working' },
      { is: 'prepared', log: { first: 1, entries: [1, 2, 3].map(entry) } },
      { is: 'prepared', log: { first: 1, entries: [1, 2, 3, 4].map(entry) } },
      { '=': [1] },
      { '=': null }
    ])
  })
})
