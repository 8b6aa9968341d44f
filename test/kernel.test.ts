/** The language that specs are written in: codecs, sets, steps; and the canonical form of data. */
// Long because every file of tests costs a start-up: one for the whole language.
import { describe, expect, test } from '@jest/globals'
import { either } from 'fp-ts'
import * as t from 'io-ts'
import fc from 'fast-check'
import {
  allDistinct,
  allEqual,
  always,
  apply,
  broadcast,
  closed,
  excluding,
  explainErrors,
  fired,
  including,
  isMajority,
  living,
  Natural,
  NodeId,
  NodeSet,
  note,
  others,
  Positive,
  reachable,
  reply,
  restore,
  send,
  sendAll,
  setOf,
  startTimer,
  stay,
  step,
  stopTimer,
  takeSnapshot,
  type Signature
} from '../spec/kernel/index.ts'
import { canonical, deepFreeze, NotData } from '../src/model/data.ts'

const decoded = <A>(codec: t.Type<A, unknown>, value: unknown): either.Either<string, A> =>
  either.mapLeft(explainErrors)(codec.decode(value))

/** What is said of a value that does not decode, and `is` has to say no as well. */
const refusal = (codec: t.Type<any, unknown>, value: unknown): string => {
  expect(codec.is(value)).toBe(false)
  return either.fold(
    (said: string) => said,
    () => 'it decodes'
  )(decoded(codec, value))
}

const Vote = closed('Vote', { type: t.literal('vote'), term: Natural, granted: t.boolean })
const Append = closed('Append', {
  type: t.literal('append'),
  term: Positive,
  entries: t.readonlyArray(closed('Entry', { term: Natural, command: t.union([t.string, t.null]) }))
})
const Message = t.union([Vote, Append], 'Message')
const vote = { type: 'vote', term: 3, granted: true }

describe('numbers', () => {
  test.each([
    [NaN, 'NaN'],
    [Infinity, 'Infinity'],
    [-Infinity, '-Infinity'],
    [-1, '-1'],
    [1.5, '1.5'],
    [2 ** 53, '9007199254740992'],
    ['1', '"1"'],
    [null, 'null'],
    [undefined, 'undefined']
  ])('%p is not Natural', (value, shown) => expect(refusal(Natural, value)).toBe(`${shown} is not a whole number >= 0`))

  test('0 is Natural and not Positive', () => {
    expect(decoded(Natural, 0)).toEqual(either.right(0))
    expect(refusal(Positive, 0)).toBe('0 is not a whole number >= 1')
  })

  test('every safe whole number from 0, or from 1, is', () => {
    fc.assert(fc.property(fc.maxSafeNat(), (value) => Natural.is(value) && either.isRight(Natural.decode(value))))
    fc.assert(fc.property(fc.maxSafeNat(), (value) => Positive.is(value) === value >= 1))
  })
})

describe('nodes', () => {
  test('a node name is not empty', () => {
    expect(refusal(NodeId, '')).toBe('"" is not a node name')
    expect(decoded(NodeId, 'n1')).toEqual(either.right('n1'))
  })

  test.each([
    [['n2', 'n1'], '["n2","n1"] is not a sorted set of node names'],
    [['n1', 'n1'], '["n1","n1"] is not a sorted set of node names'],
    [['n1', ''], 'at 1: "" is not a node name'],
    ['n1', '"n1" is not a sorted set of node names']
  ])('%j is not a set of nodes', (value, said) => expect(refusal(NodeSet, value)).toBe(said))

  test('what setOf makes is a set of nodes', () => {
    const names = fc.array(fc.string({ minLength: 1, maxLength: 2 }))
    fc.assert(fc.property(names, (list) => NodeSet.is(setOf(list)) && either.isRight(NodeSet.decode(setOf(list)))))
  })
})

describe('closed records', () => {
  test.each([
    ['an unknown field', { ...vote, votter: 1 }, 'unknown field "votter" in Vote'],
    ['a missing field', { type: 'vote', granted: true }, 'field "term" of Vote is missing'],
    ['an explicit undefined', { ...vote, term: undefined }, 'at term: undefined is not a whole number >= 0'],
    ['an unknown field that is undefined', { ...vote, extra: undefined }, 'unknown field "extra" in Vote'],
    ['NaN', { ...vote, term: NaN }, 'at term: NaN is not a whole number >= 0'],
    ['a wrong literal', { ...vote, type: 'veto' }, 'at type: "veto" is not "vote"'],
    [
      'an inherited field',
      { __proto__: { granted: true }, type: 'vote', term: 1 },
      'field "granted" of Vote is missing'
    ],
    ['a list', [vote], 'not a record: Vote expected'],
    ['null', null, 'not a record: Vote expected']
  ])('refuse %s', (_what, value, said) => expect(refusal(Vote, value)).toBe(said))

  test('take what fits, and leave it as it is', () => {
    const votes = fc.record({ type: fc.constant('vote'), term: fc.maxSafeNat(), granted: fc.boolean() })
    fc.assert(
      fc.property(votes, (value) => {
        expect(Vote.is(value)).toBe(true)
        expect(decoded(Vote, value)).toEqual(either.right(value))
        expect(Vote.encode(Vote.encode(value as t.TypeOf<typeof Vote>) as t.TypeOf<typeof Vote>)).toEqual(value)
      })
    )
  })

  test('an empty record takes nothing else', () => {
    const Empty = closed('Empty', {})
    expect(decoded(Empty, {})).toEqual(either.right({}))
    expect(refusal(Empty, { a: null })).toBe('unknown field "a" in Empty')
  })
})

describe('what is said of a value that does not decode', () => {
  const Nested = closed('Nested', { message: t.union([Vote, t.null]), either: t.union([Natural, NodeId]) })
  const Mixed = t.union([Vote, Append, t.null], 'Mixed')
  const Alike = t.union([closed('A', { a: Natural }), closed('B', { b: Natural })])

  test.each<readonly [string, t.Type<any, unknown>, unknown, string]>([
    [
      'a path',
      Append,
      {
        type: 'append',
        term: 1,
        entries: [
          { term: 0, command: null },
          { term: -1, command: null }
        ]
      },
      'at entries.1.term: -1 is not a whole number >= 0'
    ],
    [
      'of a union, the branch with the literal: a bad field',
      Message,
      { ...vote, term: -1 },
      'at term: -1 is not a whole number >= 0'
    ],
    [
      'of a union, the branch with the literal: an unknown field',
      Message,
      { ...vote, trem: 1 },
      'unknown field "trem" in Vote'
    ],
    [
      'of a union, the branch with the literal: a missing field',
      Message,
      { type: 'append', term: 1 },
      'field "entries" of Append is missing'
    ],
    [
      'of a union, an unknown literal',
      Message,
      { ...vote, type: 'veto' },
      'at type: "veto" is none of "vote", "append"'
    ],
    ['of a union, no literal', Message, {}, 'at type: undefined is none of "vote", "append"'],
    ['of a union, not a record', Message, 3, '3 is not Message'],
    [
      'of a union with null, the branch with the literal',
      Mixed,
      { ...vote, term: -1 },
      'at term: -1 is not a whole number >= 0'
    ],
    ['of a union with null, an unknown field', Mixed, { ...vote, trem: 1 }, 'unknown field "trem" in Vote'],
    ['of a union with null, no branch', Mixed, { type: 'veto' }, '{"type":"veto"} is none of Vote, Append, null'],
    [
      'of a record or null, the record',
      Nested,
      { message: { ...vote, term: 0.5 }, either: 1 },
      'at message.term: 0.5 is not a whole number >= 0'
    ],
    ['of a record or null, neither', Nested, { message: 7, either: 1 }, 'at message: 7 is none of Vote, null'],
    [
      'of plain branches, all',
      Nested,
      { message: null, either: -1 },
      'at either: -1 is none of a whole number >= 0, a node name'
    ],
    ['of records without literals, all', Alike, { a: -1 }, '{"a":-1} is none of A, B'],
    [
      'of an intersection, the field',
      t.intersection([t.type({ a: Natural }), t.type({ b: Natural })]),
      { a: 1, b: -1 },
      'at b: -1 is not a whole number >= 0'
    ],
    ['a long value, cut short', Natural, 'x'.repeat(500), `"${'x'.repeat(59)}… is not a whole number >= 0`],
    ['a function', Natural, () => 1, 'function is not a whole number >= 0'],
    ['what JSON cannot write', Natural, 1n, 'bigint is not a whole number >= 0']
  ])('%s', (_what, codec, value, said) => expect(refusal(codec, value)).toBe(said))

  test('no errors', () => expect(explainErrors([])).toBe('it does not decode'))
})

describe('sets', () => {
  const members = fc.array(fc.string({ maxLength: 2 }))
  const set = members.map(setOf)
  const member = fc.string({ maxLength: 2 })

  test('are sorted by code unit, without duplicates', () => {
    expect(setOf(['b', 'a', 'B', 'b', 'ä'])).toEqual(['B', 'a', 'b', 'ä'])
    expect(setOf([10, 9, 1, 10])).toEqual([1, 9, 10])
  })

  test('depend on their members alone', () => {
    fc.assert(
      fc.property(members, (list) => {
        expect(setOf([...list, ...list].toReversed())).toEqual(setOf(list))
        expect(setOf(setOf(list))).toEqual(setOf(list))
        expect(new Set(setOf(list))).toEqual(new Set(list))
      })
    )
  })

  test('including and excluding are adding and removing', () => {
    fc.assert(
      fc.property(set, member, member, (all, a, b) => {
        expect(including(all, a)).toEqual(setOf([...all, a]))
        expect(including(including(all, a), a)).toEqual(including(all, a))
        expect(including(including(all, a), b)).toEqual(including(including(all, b), a))
        expect(excluding(all, a)).not.toContain(a)
        expect(including(excluding(all, a), a)).toEqual(including(all, a))
        expect(excluding(including(all, a), a)).toEqual(excluding(all, a))
      })
    )
  })

  test('two majorities of one set meet', () => {
    const cluster = ['n1', 'n2', 'n3', 'n4', 'n5', 'n6']
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6 }), fc.subarray(cluster), fc.subarray(cluster), (size, a, b) => {
        const nodes = cluster.slice(0, size)
        const [one, other] = [a, b].map((some) => some.filter((id) => nodes.includes(id))) as [string[], string[]]
        fc.pre(isMajority(one, nodes) && isMajority(other, nodes))
        return one.some((id) => other.includes(id))
      })
    )
    expect(isMajority(['n1', 'n2'], ['n1', 'n2', 'n3', 'n4'])).toBe(false)
    expect(isMajority(['n1', 'n2'], ['n1', 'n2', 'n3'])).toBe(true)
    expect(isMajority([], [])).toBe(false)
  })
})

describe('steps', () => {
  type Sample = Signature<{
    state: number
    message: string
    timer: 'tick'
    response: string
    entry: string
    fact: string
    rule: 'go' | 'ignore'
  }>
  const self = { id: 'n2', nodes: ['n1', 'n2', 'n3'] }

  test('fired lists single effects and lists of effects in the order written', () => {
    expect(
      fired<Sample>('go', 1, startTimer('tick'), sendAll(['n3', 'n1'], 'a'), [], stopTimer('tick'), send('n2', 'b'))
    ).toEqual({
      rule: 'go',
      state: 1,
      effects: [
        { type: 'start-timer', timer: 'tick' },
        { type: 'send', to: 'n3', message: 'a' },
        { type: 'send', to: 'n1', message: 'a' },
        { type: 'stop-timer', timer: 'tick' },
        { type: 'send', to: 'n2', message: 'b' }
      ]
    })
  })

  test('stay changes and says nothing', () => {
    expect(stay<Sample>('ignore', 1)).toEqual({ rule: 'ignore', state: 1, effects: [] })
    expect(fired<Sample>('ignore', 1)).toEqual(stay<Sample>('ignore', 1))
  })

  test('others are all but this node, in the order of the cluster; broadcast sends to them', () => {
    expect(others(self)).toEqual(['n1', 'n3'])
    expect(broadcast(self, 'a')).toEqual([send('n1', 'a'), send('n3', 'a')])
  })

  test('reply, apply, takeSnapshot, restore and note carry what they are given', () => {
    expect([
      reply('r1', 'ok'),
      apply('x', 'r1'),
      apply('x'),
      takeSnapshot(3),
      restore(['x']),
      note('committed')
    ]).toEqual([
      { type: 'reply', id: 'r1', response: 'ok' },
      { type: 'apply', entry: 'x', request: 'r1' },
      { type: 'apply', entry: 'x', request: null },
      { type: 'take-snapshot', index: 3 },
      { type: 'restore', content: ['x'] },
      { type: 'note', fact: 'committed' }
    ])
  })
})

describe('properties', () => {
  const up = { id: 'n1', up: true, state: 1, durable: null, timers: [], machine: null } as const
  const down = { id: 'n2', up: false, durable: null, gone: false } as const

  test('are a kind, a name and a predicate', () => {
    const holds = () => true
    expect([always('a', holds), step('b', holds), reachable('c', holds)]).toEqual([
      { kind: 'always', name: 'a', holds },
      { kind: 'step', name: 'b', holds },
      { kind: 'reachable', name: 'c', holds }
    ])
  })

  test('the living are the nodes that are up', () => {
    expect(living<Signature<{ state: number }>>([down, up])).toEqual([up])
  })

  test('values are distinct, or equal, by ===', () => {
    expect([[], [1], [1, '1'], [1, 2, 1]].map(allDistinct)).toEqual([true, true, true, false])
    expect([[], [1], [1, '1'], [1, 1], [null, null, 0]].map(allEqual)).toEqual([true, true, false, true, false])
  })
})

describe('the canonical form of data', () => {
  class Counter {
    readonly count = 1
  }

  /** The same data with the keys of every record in the opposite order. */
  const turned = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(turned)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(
      Object.entries(value)
        .toReversed()
        .map(([key, field]) => [key, turned(field)])
    )
  }

  // Few leaves and few keys, so that equal and nearly equal values come up.
  const { data } = fc.letrec<{ data: unknown }>((tie) => ({
    data: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      fc.constantFrom<unknown>(null, true, false, 0, -0, 1, 10, 0.1, '', '0', 'a', 'null', '"', ',', '[]', '{}'),
      fc.array(tie('data'), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom('a', 'b', '"', 'a:b', '1'), tie('data'), { maxKeys: 3 })
    )
  }))

  test('sorts keys by code unit, at every depth', () => {
    expect(canonical({ b: [{ d: 1, c: null }], a: 'x' })).toBe('{"a":"x","b":[{"c":null,"d":1}]}')
    expect(canonical({ 10: 1, 9: 2, a: 3, B: 4 })).toBe('{"10":1,"9":2,"B":4,"a":3}')
  })

  test('is JSON of the same data, whatever the order of keys', () => {
    fc.assert(
      fc.property(data, (value) => {
        expect(canonical(turned(value))).toBe(canonical(value))
        expect(JSON.parse(canonical(value))).toEqual(JSON.parse(JSON.stringify(value)))
      })
    )
  })

  test('equal data is equal text, different data is different text', () => {
    const equal = (a: unknown, b: unknown): boolean => {
      if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b
      if (Array.isArray(a) !== Array.isArray(b)) return false
      const [left, right] = [a, b] as [Record<string, unknown>, Record<string, unknown>]
      return (
        Object.keys(left).length === Object.keys(right).length &&
        Object.keys(left).every((key) => Object.hasOwn(right, key) && equal(left[key], right[key]))
      )
    }
    fc.assert(
      fc.property(data, data, (a, b) => (canonical(a) === canonical(b)) === equal(a, b)),
      { numRuns: 2000 }
    )
  })

  test.each([
    ['NaN', { a: [0, NaN] }, 'a.1 is NaN', ['a', '1']],
    ['Infinity', { a: Infinity }, 'a is Infinity', ['a']],
    ['undefined', { a: { b: undefined } }, 'a.b is undefined (use null)', ['a', 'b']],
    ['undefined itself', undefined, 'the value is undefined (use null)', []],
    ['a function', [() => 1], '0 is a function', ['0']],
    ['a symbol', { a: Symbol('s') }, 'a is a symbol', ['a']],
    ['a bigint', { a: 1n }, 'a is a bigint', ['a']],
    ['a Map', { votes: new Map() }, 'votes is an instance of Map', ['votes']],
    ['a Set', { votes: new Set() }, 'votes is an instance of Set', ['votes']],
    ['a Date', { at: new Date(0) }, 'at is an instance of Date', ['at']],
    ['an instance of a class', { a: [new Counter()] }, 'a.0 is an instance of Counter', ['a', '0']]
  ])('refuses %s, with the path', (_what, value, message, path) => {
    const thrown = either.tryCatch(
      () => canonical(value),
      (error) => error
    )
    expect(thrown).toEqual(either.left(expect.any(NotData)))
    expect(either.isLeft(thrown) && thrown.left).toMatchObject({ message, path })
  })

  test('deepFreeze freezes all of a value and gives it back', () => {
    const value = { a: [{ b: 1 }], c: { d: [2] } }
    expect(deepFreeze(value)).toBe(value)
    expect([value, value.a, value.a[0], value.c, value.c.d].every(Object.isFrozen)).toBe(true)
  })
})
