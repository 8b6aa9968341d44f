/** The persistent sorted map, against a Map. */
import { describe, expect, test } from '@jest/globals'
import { either } from 'fp-ts'
import * as t from 'io-ts'
import fc from 'fast-check'
import {
  emptyMap,
  entriesIn,
  findValue,
  foldValues,
  heightOf,
  mapOf,
  mapValues,
  sortedMapOf,
  valueAt,
  withoutKey,
  withValue,
  type SortedMap
} from '../spec/kernel/map.ts'
import { canonical, deepFreeze } from '../src/model/data.ts'

interface Change {
  readonly key: string
  /** Null: the key goes. */
  readonly value: number | null
}

const numbered = (prefix: string) => fc.nat({ max: 400 }).map((number) => `${prefix}${number}`)
const key = fc.oneof(numbered('k'), numbered(''), fc.string(), fc.constantFrom('', 'a', 'b'))
const change: fc.Arbitrary<Change> = fc.record({ key, value: fc.option(fc.nat(9), { freq: 3 }) })
const changes = fc.oneof(
  fc.array(change, { maxLength: 30 }),
  fc.array(change, { minLength: 200, maxLength: 600, size: 'max' })
)

const applied = (made: ReadonlyArray<Change>): SortedMap<number> =>
  made.reduce<SortedMap<number>>(
    (map, { key: at, value }) => deepFreeze(value === null ? withoutKey(map, at) : withValue(map, at, value)),
    emptyMap
  )
const plain = (made: ReadonlyArray<Change>): ReadonlyMap<string, number> => {
  const map = new Map<string, number>()
  for (const { key: at, value } of made)
    if (value === null) map.delete(at)
    else map.set(at, value)
  return map
}
const sorted = (map: ReadonlyMap<string, number>) => [...map].toSorted(([a], [b]) => (a < b ? -1 : 1))

describe('a sorted map, against a Map', () => {
  test('any changes read alike', () => {
    fc.assert(
      fc.property(changes, key, key, (made, one, other) => {
        const map = applied(made)
        const expected = plain(made)
        expect(entriesIn(map)).toEqual(sorted(expected))
        for (const at of [one, other, ...expected.keys()]) expect(valueAt(map, at)).toBe(expected.get(at))
        const [from, to] = one < other ? [one, other] : [other, one]
        const within = sorted(expected).filter(([at]) => from <= at && at <= to)
        expect(entriesIn(map, from, to)).toEqual(within)
        expect(entriesIn(map, from)).toEqual(sorted(expected).filter(([at]) => from <= at))
        expect(entriesIn(map, null, to)).toEqual(sorted(expected).filter(([at]) => at <= to))
        expect(entriesIn(map, to, from)).toEqual(within.filter(() => one === other))
        const sum = [...expected.values()].reduce((total, value) => total + value, 0)
        expect(foldValues(map, (total, value) => total + value, 0)).toBe(sum)
        for (const value of expected.values()) expect(findValue(map, (held) => held === value)).toBe(value)
        expect(findValue(map, (held) => held === -1)).toBeUndefined()
      })
    )
  })

  test('equal maps are equal data, however they came about', () => {
    fc.assert(
      fc.property(changes, (made) => {
        const entries = sorted(plain(made))
        expect(canonical(applied(made))).toBe(canonical(mapOf(entries)))
        expect(canonical(mapOf(entries.toReversed()))).toBe(canonical(mapOf(entries)))
      })
    )
  })

  test('what is changed leaves the old map as it was, and what stays is shared', () => {
    const map = deepFreeze(mapOf(Array.from({ length: 1000 }, (_, index) => [`k${index}`, index] as const)))
    const before = canonical(map)
    withValue(map, 'k500', 0)
    withoutKey(map, 'k500')
    expect(canonical(map)).toBe(before)
    expect(withoutKey(map, 'nobody')).toBe(map)
    expect(mapValues(map, (value) => value)).toBe(map)
    const changed = mapValues(map, (value) => (value === 500 ? 0 : value))
    expect(canonical(changed)).toBe(canonical(withValue(map, 'k500', 0)))
    const shared = map.children.filter((child, place) => child !== null && child === changed.children[place])
    expect(shared.length).toBe(map.children.filter((child) => child !== null).length - 1)
  })

  test('it is as high as its highest key', () => {
    const keys = Array.from({ length: 5000 }, (_, index) => `key-${index}`)
    const heights = keys.map(heightOf)
    expect(mapOf(keys.map((name) => [name, 0] as const)).height).toBe(Math.max(...heights))
    const high = heights.filter((height) => height > 0).length
    expect([high > 5000 / 40, high < 5000 / 26]).toEqual([true, true])
  })

  test('a long key is hashed without deep recursion', () => {
    expect(valueAt(withValue(emptyMap as SortedMap<number>, 'x'.repeat(1_000_000), 1), 'x'.repeat(1_000_000))).toBe(1)
  })
})

describe('the codec', () => {
  const codec = sortedMapOf(t.number)
  test('writes a list of entries and reads it back', () => {
    fc.assert(
      fc.property(changes, (made) => {
        const map = applied(made)
        expect(codec.is(map)).toBe(true)
        const written: unknown = JSON.parse(JSON.stringify(codec.encode(map)))
        expect(written).toEqual(entriesIn(map))
        expect(codec.decode(written)).toEqual(either.right(map))
      })
    )
  })
  test('refuses what is none', () => {
    for (const wrong of [null, 1, [['a', 'b']], [['a']], { a: 1 }])
      expect(either.isLeft(codec.decode(wrong))).toBe(true)
    for (const wrong of [null, [], { height: 0 }, mapOf([['a', 'b'] as const])]) expect(codec.is(wrong)).toBe(false)
  })
})
