/** The persistent log, against a plain array. */
import { describe, expect, test } from '@jest/globals'
import { either } from 'fp-ts'
import fc from 'fast-check'
import {
  append,
  appendAll,
  closed,
  compact,
  emptyLog,
  entries,
  entryAt,
  explainErrors,
  firstIndex,
  isLog,
  lastIndex,
  length,
  logOf,
  Natural,
  slice,
  truncate,
  type Log
} from '../spec/kernel/index.ts'
import { canonical, deepFreeze } from '../src/model/data.ts'

/** What a log means: the entries from `first` on. */
interface Plain {
  readonly first: number
  readonly entries: ReadonlyArray<number>
}

/** An operation on both. */
interface Operation {
  readonly name: string
  readonly onLog: (log: Log<number>) => Log<number>
  readonly onPlain: (plain: Plain) => Plain
}

const plainLast = ({ first, entries: kept }: Plain): number => first + kept.length - 1

const appending = (added: ReadonlyArray<number>): Operation => ({
  name: `append ${added.length}`,
  onLog: (log) => (added.length === 1 ? append(log, added[0] as number) : appendAll(log, added)),
  onPlain: ({ first, entries: kept }) => ({ first, entries: [...kept, ...added] })
})

/** `back` counts from the last index, so that random operations meet the log wherever it is. */
const truncating = (back: number): Operation => ({
  name: `truncate ${back} from the end`,
  onLog: (log) => truncate(log, lastIndex(log) - back),
  onPlain: ({ first, entries: kept }) => ({ first, entries: kept.slice(0, Math.max(0, kept.length - back)) })
})

/** `ahead` counts from the first index; beyond the last the log is empty and goes on there. */
const compacting = (ahead: number): Operation => ({
  name: `compact ${ahead} from the start`,
  onLog: (log) => compact(log, firstIndex(log) + ahead - 1),
  onPlain: ({ first, entries: kept }) => ({ first: first + ahead, entries: kept.slice(ahead) })
})

// Lengths around the powers of 32 are where nodes fill up and levels come and go.
const distance = fc.oneof(
  fc.nat({ max: 3 }),
  fc.nat({ max: 70 }),
  fc.nat({ max: 2500 }),
  fc.constantFrom(31, 32, 33, 1023, 1024, 1025, 2048)
)
const operation: fc.Arbitrary<Operation> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc
      .tuple(distance, fc.nat({ max: 2 }))
      .map(([count, value]) => appending(Array.from({ length: count }, () => value)))
  },
  { weight: 2, arbitrary: distance.map(truncating) },
  { weight: 2, arbitrary: distance.map(compacting) }
)
/** Logs also begin far up, where the trie is high and its left edge is ragged, and past 2^31. */
const beginning = fc.oneof(
  fc.constant(1),
  fc.nat({ max: 40_000 }).map((n) => n + 1),
  fc.constantFrom(32 ** 3, 32 ** 4 - 5, 2 ** 31 - 7, 2 ** 40 - 3)
)
const history = fc.tuple(beginning, fc.array(operation, { maxLength: 12 }))

const starting = (first: number): Log<number> => compact<number>(emptyLog, first - 1)
const logAfter = ([first, operations]: readonly [number, ReadonlyArray<Operation>]): Log<number> =>
  operations.reduce((log, { onLog }) => onLog(log), starting(first))
const plainAfter = ([first, operations]: readonly [number, ReadonlyArray<Operation>]): Plain =>
  operations.reduce<Plain>((plain, { onPlain }) => onPlain(plain), { first, entries: [] })
const built = ({ first, entries: kept }: Plain): Log<number> => kept.reduce<Log<number>>(append, starting(first))

const numbers = (count: number): ReadonlyArray<number> => Array.from({ length: count }, (_, index) => index + 1)

describe('a log, against a plain array', () => {
  test('any history of operations reads like the array', () => {
    fc.assert(
      fc.property(history, fc.array(fc.tuple(distance, distance), { maxLength: 3 }), (ran, windows) => {
        const log = logAfter(ran)
        const plain = plainAfter(ran)
        const at = (index: number) => plain.entries[index - plain.first]
        expect([firstIndex(log), lastIndex(log), length(log)]).toStrictEqual([
          plain.first,
          plainLast(plain),
          plain.entries.length
        ])
        expect(entries(log)).toStrictEqual(plain.entries)
        for (const [from, count] of windows) {
          const start = plain.first + from - 2
          expect(slice(log, start, start + count)).toStrictEqual(
            plain.entries.slice(Math.max(0, from - 2), Math.max(0, from - 2 + count))
          )
          expect(entryAt(log, start)).toBe(at(start))
        }
        expect(entryAt(log, plain.first - 1)).toBeUndefined()
        expect(entryAt(log, plainLast(plain) + 1)).toBeUndefined()
        expect(entryAt(log, plainLast(plain))).toBe(at(plainLast(plain)))
      })
    )
  })

  test('the shape depends on the first index and the entries alone: equal logs are equal text', () => {
    fc.assert(
      fc.property(history, (ran) => {
        expect(canonical(logAfter(ran))).toBe(canonical(built(plainAfter(ran))))
      }),
      { numRuns: 300 }
    )
  })

  test('different logs are different text', () => {
    const small = fc.tuple(fc.integer({ min: 1, max: 3 }), fc.array(fc.nat({ max: 1 }), { maxLength: 4 }))
    fc.assert(
      fc.property(small, small, (one, other) => {
        const [a, b] = [one, other].map(([first, kept]) => appendAll(starting(first), kept))
        expect(canonical(a) === canonical(b)).toBe(JSON.stringify(one) === JSON.stringify(other))
      }),
      { numRuns: 500 }
    )
  })

  test('no operation changes a log that was there before', () => {
    fc.assert(
      fc.property(history, operation, (ran, { onLog }) => {
        const log = deepFreeze(logAfter(ran))
        const before = canonical(log)
        onLog(log)
        expect(canonical(log)).toBe(before)
      })
    )
  })
})

describe('a log, at its edges', () => {
  test('an empty log has no entry, its last index is 0', () => {
    expect([firstIndex(emptyLog), lastIndex(emptyLog), length(emptyLog)]).toStrictEqual([1, 0, 0])
    expect(entries(emptyLog)).toStrictEqual([])
    expect(entryAt(emptyLog, 0)).toBeUndefined()
    expect(entryAt(emptyLog, 1)).toBeUndefined()
  })

  test('every length up to three levels has every entry in its place', () => {
    const whole = appendAll(emptyLog, numbers(32 * 32 + 70))
    expect(numbers(length(whole)).map((last) => lastIndex(truncate(whole, last)))).toStrictEqual(numbers(length(whole)))
    expect(numbers(length(whole)).map((index) => entryAt(whole, index))).toStrictEqual(numbers(length(whole)))
    expect(numbers(length(whole)).map((index) => entryAt(compact(whole, index - 1), index))).toStrictEqual(
      numbers(length(whole))
    )
  })

  test('a compacted prefix cannot be truncated: the log is empty and goes on where it began', () => {
    const log = compact(appendAll(emptyLog, ['a', 'b', 'c']), 2)
    expect(truncate(log, 0)).toStrictEqual({ is: 'log', first: 3, last: 2, levels: [] })
    expect(entryAt(append(truncate(log, 0), 'd'), 3)).toBe('d')
  })

  test('a compaction past the end leaves an empty log that goes on after it', () => {
    const log = compact(appendAll(emptyLog, ['a', 'b', 'c']), 9)
    expect(log).toStrictEqual({ is: 'log', first: 10, last: 9, levels: [] })
    expect(entryAt(append(log, 'k'), 10)).toBe('k')
  })

  test('operations that change nothing give the same log', () => {
    const log = compact(appendAll(emptyLog, ['a', 'b', 'c']), 1)
    expect(truncate(log, 3)).toBe(log)
    expect(truncate(log, 99)).toBe(log)
    expect(compact(log, 1)).toBe(log)
    expect(compact(log, -1)).toBe(log)
  })

  test('entries may be lists or null', () => {
    const odd: ReadonlyArray<unknown> = [[1, [2]], null, [], [[]]]
    const log = compact(
      appendAll(
        emptyLog,
        Array.from({ length: 1100 }, (_, index) => odd[index % 4])
      ),
      5
    )
    expect(entries(log).slice(0, 4)).toStrictEqual([null, [], [[]], [1, [2]]])
    expect(entryAt(log, 9)).toStrictEqual([1, [2]])
  })

  test('a log is known by its look, and nothing else is', () => {
    expect(isLog(emptyLog)).toBe(true)
    expect([null, 'log', [], { is: 'log' }, { is: 'leader', levels: [] }].map(isLog)).toStrictEqual([
      false,
      false,
      false,
      false,
      false
    ])
  })
})

describe('the codec of a log', () => {
  const Entry = closed('Entry', { term: Natural })
  const Entries = logOf(Entry)
  const said = (value: unknown) => either.fold(explainErrors, () => 'it decodes')(Entries.decode(value))

  test('writes the first index and the entries', () => {
    const log = compact(appendAll<{ readonly term: number }>(emptyLog, [{ term: 1 }, { term: 1 }, { term: 2 }]), 1)
    expect(Entries.encode(log)).toStrictEqual({ first: 2, entries: [{ term: 1 }, { term: 2 }] })
  })

  test('what was written reads back as the same data', () => {
    const Numbers = logOf(Natural)
    fc.assert(
      fc.property(history, (ran) => {
        const log = logAfter(ran)
        const read = Numbers.decode(JSON.parse(JSON.stringify(Numbers.encode(log))))
        expect(either.isRight(read) && canonical(read.right)).toBe(canonical(log))
      })
    )
  })

  test('codes its entries, also inside a record', () => {
    const Durable = closed('Durable', { log: logOf(logOf(Natural)) })
    const durable = { log: append<Log<number>>(emptyLog, append<number>(emptyLog, 7)) }
    expect(Durable.encode(durable)).toStrictEqual({ log: { first: 1, entries: [{ first: 1, entries: [7] }] } })
    expect(Durable.decode(Durable.encode(durable))).toStrictEqual(either.right(durable))
  })

  test.each([
    ['an unknown field', { first: 1, entries: [], last: 0 }, 'unknown field "last" in a log of Entry'],
    ['a missing field', { entries: [] }, 'field "first" of a log of Entry is missing'],
    ['an index 0', { first: 0, entries: [] }, 'at first: 0 is not a whole number >= 1'],
    [
      'a bad entry',
      { first: 1, entries: [{ term: 1 }, { term: -1 }] },
      'at entries.1.term: -1 is not a whole number >= 0'
    ],
    ['a log in memory', emptyLog, 'unknown field "is" in a log of Entry']
  ])('refuses %s', (_what, value, expected) => expect(said(value)).toBe(expected))

  test('knows the logs whose entries fit', () => {
    expect(Entries.is(append<unknown>(emptyLog, { term: 1 }))).toBe(true)
    expect(Entries.is(append<unknown>(emptyLog, { term: -1 }))).toBe(false)
    expect(Entries.is({ first: 1, entries: [] })).toBe(false)
  })
})
