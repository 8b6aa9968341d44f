/** Judges as properties of models: the folded judge is the judge of whole histories. */
import { describe, expect, test } from '@jest/globals'
import { either } from 'fp-ts'
import fc from 'fast-check'
import type { ClientRecord, HistoryProperty } from '../../spec/kernel/index.ts'
import { consistent, linearizableHistory } from '../../src/consistency/in-models.ts'
import type { Reading } from '../../src/consistency/seen.ts'
import { linearizable } from '../../src/consistency/linearizable.ts'
import { keyed } from '../../src/consistency/specification.ts'
import { queue } from '../../src/consistency/specifications/queue.ts'
import { register } from '../../src/consistency/specifications/registers.ts'
import type { Specification } from '../../src/consistency/specification.ts'

type Seen = ClientRecord<any>

const reading: Reading<any, any, any> = {
  operation: (request) => request,
  answer: (response) =>
    response === 'failed' ? { type: 'fail' } : response === 'lost' ? { type: 'info' } : { type: 'ok', response }
}

const fold = (property: HistoryProperty<any>, records: ReadonlyArray<Seen>): unknown =>
  records.reduce<unknown>((content, record) => property.next(content, record), property.initial)

/** Well-formed records of a few clients: every reply has its invocation before it. */
const runs = (operations: fc.Arbitrary<unknown>, responses: fc.Arbitrary<unknown>): fc.Arbitrary<ReadonlyArray<Seen>> =>
  fc
    .array(fc.record({ operation: operations, response: responses, gap: fc.nat(3), isAnswered: fc.boolean() }), {
      maxLength: 5
    })
    .map((calls) => {
      const placed = calls.flatMap(({ operation, response, gap, isAnswered }, index) => {
        const id = `c${index}`
        const invoked = { at: index, record: { type: 'invoke', id, node: 'n1', request: operation } as Seen }
        const replied = { at: index + gap + 0.5, record: { type: 'reply', id, response } as Seen }
        return isAnswered ? [invoked, replied] : [invoked]
      })
      return placed.toSorted((a, b) => a.at - b.at).map(({ record }) => record)
    })

const endings = [fc.constant('failed'), fc.constant('lost')]
const onRegister = runs(
  fc.oneof(
    fc.constant({ type: 'read' }),
    fc.nat(1).map((value) => ({ type: 'write', value }))
  ),
  fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(null, 0, 1) },
    ...endings.map((arbitrary) => ({ weight: 1, arbitrary }))
  )
)
const onQueue = runs(
  fc.oneof(
    fc.constant({ type: 'dequeue' }),
    fc.nat(1).map((value) => ({ type: 'enqueue', value }))
  ),
  fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(null, 0, 1) },
    ...endings.map((arbitrary) => ({ weight: 1, arbitrary }))
  )
)

const onTwoRegisters = runs(
  fc.record({
    key: fc.constantFrom('x', 'y'),
    operation: fc.oneof(
      fc.constant({ type: 'read' }),
      fc.nat(1).map((value) => ({ type: 'write', value }))
    )
  }),
  fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(null, 0, 1) },
    ...endings.map((arbitrary) => ({ weight: 1, arbitrary }))
  )
)

const agree = (specification: Specification<any, any, any>, records: ReadonlyArray<Seen>): boolean => {
  const whole = consistent('whole', linearizable(specification), reading)
  const folded = linearizableHistory('folded', specification, reading)
  const judged = whole.holds(fold(whole, records))
  expect(folded.holds(fold(folded, records))).toBe(judged)
  return judged
}

describe('the folded judge of linearizability says what the judge of whole histories says', () => {
  test('of a register', () =>
    fc.assert(
      fc.property(onRegister, (records) => void agree(register(), records)),
      { numRuns: 2000 }
    ))
  test('of two registers, told apart by key', () => {
    const holding = { true: 0, false: 0 }
    fc.assert(
      fc.property(onTwoRegisters, (records) => {
        holding[`${agree(keyed(register()), records)}`] += 1
      }),
      { numRuns: 2000 }
    )
    expect(Math.min(holding.true, holding.false)).toBeGreaterThan(100)
  })
  test('of a queue', () =>
    fc.assert(
      fc.property(onQueue, (records) => void agree(queue, records)),
      { numRuns: 1000 }
    ))
})

describe('the classical cases', () => {
  const invoke = (id: string, request: unknown): Seen => ({ type: 'invoke', id, node: 'n1', request })
  const reply = (id: string, response: unknown): Seen => ({ type: 'reply', id, response })
  const write = { type: 'write', value: 1 }
  const read = { type: 'read' }
  test.each<[string, ReadonlyArray<Seen>, boolean]>([
    [
      'a read during a write sees either value: the old',
      [invoke('w', write), invoke('r', read), reply('r', null)],
      true
    ],
    ['a read during a write sees either value: the new', [invoke('w', write), invoke('r', read), reply('r', 1)], true],
    [
      'a read after a write sees it',
      [invoke('w', write), reply('w', null), invoke('r', read), reply('r', null)],
      false
    ],
    [
      'new-old inversion',
      [invoke('w', write), invoke('r1', read), reply('r1', 1), invoke('r2', read), reply('r2', null)],
      false
    ],
    [
      'a write that failed is not seen',
      [invoke('w', write), reply('w', 'failed'), invoke('r', read), reply('r', 1)],
      false
    ],
    [
      'a write whose end is not known may be',
      [invoke('w', write), reply('w', 'lost'), invoke('r', read), reply('r', 1)],
      true
    ]
  ])('%s', (_case, records, verdict) => expect(agree(register(), records)).toBe(verdict))

  test('what happens at one key leaves no trace at another, and what is over leaves none but its state', () => {
    const at = (key: string, operation: unknown) => ({ key, operation })
    const parts = (...records: ReadonlyArray<Seen>): ReadonlyArray<unknown> => {
      const content = fold(linearizableHistory('two', keyed(register()), reading), records)
      return (content as ReadonlyArray<{ readonly key: string; readonly ways: ReadonlyArray<unknown> }>).map(
        ({ key, ways }) => [key, ways.length]
      )
    }
    const [wx, wy, rx] = [invoke('wx', at('x', write)), invoke('wy', at('y', write)), invoke('rx', at('x', read))]
    // The write of y may have happened or not when that of x is answered; nobody has to know.
    expect(parts(wx, wy, reply('wx', null))).toEqual([
      ['x', 1],
      ['y', 1]
    ])
    expect(parts(wx, wy, reply('wx', 'failed'), reply('wy', 'failed'))).toEqual([])
    expect(parts(rx, reply('rx', null))).toEqual([])
    expect(parts(wx, rx, reply('rx', 1), reply('wx', null))).toEqual([['x', 1]])
  })

  test('a record that is no operation leaves the content as it is', () => {
    const silent = linearizableHistory('silent', register(), { ...reading, operation: () => null })
    expect(fold(silent, [invoke('x', 7), reply('x', 7)])).toEqual(silent.initial)
  })

  test('a judge that refuses or gives up does not pass', () => {
    const refusing = consistent(
      'refusing',
      { name: 'no', judge: () => either.left({ code: 'Q601', what: 'no', where: [] }) },
      reading
    )
    const unsure = consistent(
      'unsure',
      { name: 'no', judge: () => either.right({ verdict: 'unknown', why: 'time' }) },
      reading
    )
    expect([refusing.holds([]), unsure.holds([])]).toEqual([false, false])
  })
})
