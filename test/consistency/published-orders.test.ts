/**
 * Histories that others published with a verdict on linearizability: figures of papers, and the data that other judges
 * ([Porcupine], [Knossos]) are tested with. The examples of [Wing93] and [Lowe17] could not be had as text; their algorithm is held against brute force in
 * orders-by-force.test.ts.
 */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import * as t from 'io-ts'
import { either } from 'fp-ts'
import { call, fail, historyOf, info, invoke, ok } from '../../src/consistency/builder.ts'
import { formats } from '../../src/consistency/formats/formats.ts'
import { linearizable } from '../../src/consistency/linearizable.ts'
import { entryAt, withEntry } from '../../src/consistency/entries.ts'
import type { Entries } from '../../src/consistency/entries.ts'
import type { Specification } from '../../src/consistency/specification.ts'
import { keyValue } from '../../src/consistency/specifications/key-value.ts'
import { queue } from '../../src/consistency/specifications/queue.ts'
import { casRegister, multiRegister, register } from '../../src/consistency/specifications/registers.ts'
import { set } from '../../src/consistency/specifications/set.ts'
import { cas, dequeue, enqueue, linear, read, write } from './support.ts'
import type { AnyHistory, AnySpecification } from './support.ts'

describe('[Herlihy90] Figures 1 and 2', () => {
  test.each<[string, AnySpecification, AnyHistory, 'ok' | 'violation']>([
    [
      'H1: both orders of two concurrent enqueues are fine, and the last call is pending',
      queue,
      historyOf(
        invoke('A', enqueue('x')),
        invoke('B', enqueue('y')),
        ok('B', null),
        ok('A', null),
        call('B', dequeue, 'x'),
        call('A', dequeue, 'y'),
        invoke('A', enqueue('z'))
      ),
      'ok'
    ],
    [
      'H2: x was in before y was asked for, so y cannot come out first',
      queue,
      historyOf(
        call('A', enqueue('x'), null),
        invoke('B', enqueue('y')),
        invoke('A', dequeue),
        ok('B', null),
        ok('A', 'y')
      ),
      'violation'
    ],
    [
      'H3: a pending enqueue may have taken effect',
      queue,
      historyOf(invoke('A', enqueue('x')), call('B', dequeue, 'x')),
      'ok'
    ],
    [
      'H4: y cannot come out twice',
      queue,
      historyOf(
        invoke('A', enqueue('x')),
        invoke('B', enqueue('y')),
        ok('A', null),
        ok('B', null),
        invoke('A', dequeue),
        invoke('C', dequeue),
        ok('A', 'y'),
        ok('C', 'y')
      ),
      'violation'
    ],
    [
      'H5: the write of 1 comes before the write of 0',
      register(),
      historyOf(
        call('A', write(0), null),
        invoke('B', write(1)),
        call('A', read, 1),
        call('C', write(0), null),
        ok('B', null),
        call('B', read, 0)
      ),
      'ok'
    ],
    [
      'H6: once 1 was read and 0 written after it, 1 cannot come back',
      register(),
      historyOf(
        call('A', write(0), null),
        invoke('B', write(1)),
        call('A', read, 1),
        call('C', write(0), null),
        ok('B', null),
        call('B', read, 1)
      ),
      'violation'
    ]
  ])('%s', (_name, specification, history, verdict) => expect(linear(specification, history)).toBe(verdict))
})

describe('[Herlihy90] §3.3, H8: serializability is no local property', () => {
  type Step = readonly [queue: string, value: string | null]
  /** Queues that transactions use: a step enqueues its value, or dequeues where it is null. */
  const queues: Specification<ReadonlyArray<Step>, ReadonlyArray<string | null>, Entries<string>> = {
    name: 'queues in transactions',
    operation: t.readonlyArray(t.readonly(t.tuple([t.string, t.union([t.string, t.null])]))),
    initial: {},
    apply: (before, steps) =>
      steps.reduce<{ readonly state: Entries<string>; readonly response: ReadonlyArray<string | null> }>(
        ({ state, response }, [name, value]) => {
          const held = entryAt(state, name, '')
          const rest = value === null ? held.slice(1) : held + value
          const answer = value === null ? (held[0] ?? null) : null
          return { state: withEntry(state, name, rest, ''), response: [...response, answer] }
        },
        { state: before, response: [] }
      )
  }
  const a: ReadonlyArray<Step> = [
    ['p', 'x'],
    ['q', 'x'],
    ['p', null]
  ]
  const b: ReadonlyArray<Step> = [
    ['q', 'y'],
    ['p', 'y'],
    ['q', null]
  ]
  /** A and B as transactions that overlap, with the steps on these queues only. */
  const on = (...names: ReadonlyArray<string>): AnyHistory => {
    const kept = (steps: ReadonlyArray<Step>) => steps.filter(([name]) => names.includes(name))
    const answers = (steps: ReadonlyArray<Step>, last: string) =>
      kept(steps).map(([, value]) => (value === null ? last : null))
    return historyOf(invoke('A', kept(a)), invoke('B', kept(b)), ok('A', answers(a, 'y')), ok('B', answers(b, 'x')))
  }

  test.each([
    ['H8 at p', ['p'], 'ok'],
    ['H8 at q', ['q'], 'ok'],
    ['H8', ['p', 'q'], 'violation']
  ])('%s', (_name, names, verdict) => expect(linear(queues, on(...names))).toBe(verdict))
})

describe('[Horn15], the readme of its checker (ahorn/linearizability-checker)', () => {
  test.each<[string, AnyHistory, string]>([
    [
      'H: a read of what is being written',
      historyOf(call('A', write(1), null), invoke('B', write(2)), invoke('A', read), ok('B', null), ok('A', 2)),
      'ok'
    ],
    [
      "H': a read of what is written only later",
      historyOf(call('A', write(1), null), call('A', read, 2), call('B', write(2), null)),
      'violation'
    ]
  ])('%s', (_name, history, verdict) => expect(linear(register(), history)).toBe(verdict))
})

describe('[Porcupine], porcupine_test.go', () => {
  const add = (value: number) => ({ type: 'add', value }) as const
  const whileAdding = (...readings: ReadonlyArray<any>) =>
    historyOf(invoke(0, add(100)), invoke(1, add(110)), ...readings, ok(1, null), ok(0, null))

  test.each<[string, AnySpecification, AnyHistory, string]>([
    [
      'TestRegisterModel: both reads while 100 is put',
      register(0),
      historyOf(invoke(0, write(100)), invoke(1, read), invoke(2, read), ok(2, 0), ok(1, 100), ok(0, null)),
      'ok'
    ],
    [
      'TestRegisterModel: the old value after the new one',
      register(0),
      historyOf(invoke(0, write(200)), call(1, read, 200), call(2, read, 0), ok(0, null)),
      'violation'
    ],
    [
      'TestZeroDuration: calls that take no time, the old value before the new one',
      register(0),
      historyOf(invoke(0, write(100)), invoke(1, read), call(2, read, 0), call(3, read, 0), ok(1, 100), ok(0, null)),
      'ok'
    ],
    [
      'TestZeroDuration: the old value after the new one',
      register(0),
      historyOf(invoke(0, write(200)), call(1, read, 200), call(2, read, 200), call(3, read, 0), ok(0, null)),
      'violation'
    ],
    ['TestSetModel: one of two', set, whileAdding(call(2, read, [100])), 'ok'],
    ['TestSetModel: both', set, whileAdding(call(2, read, [100, 110])), 'ok'],
    ['TestSetModel: nobody knows', set, whileAdding(invoke(2, read), info(2)), 'ok'],
    ['TestSetModel: one of them twice', set, whileAdding(call(2, read, [100, 100, 110])), 'violation']
  ])('%s', (_name, specification, history, verdict) => expect(linear(specification, history)).toBe(verdict))

  // The verdicts are those that its tests expect. Of 7 and 99, [Horn15] says that Knossos does not come to an end.
  test.each<[string, keyof typeof formats, AnySpecification, string]>([
    ['etcd_000.log', 'porcupine-register', casRegister(), 'violation'],
    ['etcd_001.log', 'porcupine-register', casRegister(), 'violation'],
    ['etcd_002.log', 'porcupine-register', casRegister(), 'ok'],
    ['etcd_005.log', 'porcupine-register', casRegister(), 'ok'],
    ['etcd_007.log', 'porcupine-register', casRegister(), 'ok'],
    ['etcd_099.log', 'porcupine-register', casRegister(), 'violation'],
    ['c01-ok.txt', 'porcupine-key-value', keyValue, 'ok'],
    ['c01-bad.txt', 'porcupine-key-value', keyValue, 'violation']
  ])('test_data, %s', (file, format, specification, verdict) => {
    const text = readFileSync(`test/fixtures/histories/porcupine/${file}`, 'utf8')
    const history = either.getOrElse((): AnyHistory => [])(formats[format](text))
    expect(history.length).toBeGreaterThan(70)
    expect(linear(specification, history)).toBe(verdict)
  })
})

describe('[Knossos], data and test', () => {
  const crashed = (process: number, operation: unknown) => invoke(process, operation)

  test.each<[string, AnySpecification, AnyHistory, string]>([
    [
      'cas-register/good/cas-register-bug.edn',
      casRegister(),
      historyOf(
        call(4, write(2), null),
        crashed(6, read),
        call(1, write(4), null),
        call(14, read, 4),
        call(9, write(0), null),
        call(19, read, 0)
      ),
      'ok'
    ],
    [
      'cas-register/bad/immediate-failure.edn: a read of what certainly was not written',
      casRegister(),
      historyOf(invoke(1, read), invoke(101, write(3)), fail(101), ok(1, 3)),
      'violation'
    ],
    ['linear_test.clj, crash-test', register(0), historyOf(invoke(0, write(1)), info(0)), 'ok'],
    ['linear_test.clj, sequential-test', register(0), historyOf(call(0, read, 0)), 'ok'],
    ['linear_test.clj, read-wrong-initial-value-test', register(0), historyOf(call(0, read, 1)), 'violation'],
    [
      'core_test.clj, a race of a read and a write',
      register(0),
      historyOf(call('a', read, 0), invoke('a', read), invoke('b', write(1)), ok('a', 1), ok('b', null)),
      'ok'
    ],
    [
      'core_test.clj, reads and writes that all overlap',
      register(0),
      historyOf(
        ...[1, 2, 3].flatMap((value) => [invoke(`w${value}`, write(value)), invoke(`r${value}`, read)]),
        ...[1, 2, 3].flatMap((value) => [ok(`w${value}`, null), ok(`r${value}`, value)])
      ),
      'ok'
    ],
    [
      'multi-register/good/multi-register.edn, its beginning: x and y start with 0',
      multiRegister({}, 0),
      historyOf(
        invoke(3, [['r', 'x', null]]),
        invoke(2, [
          ['r', 'x', null],
          ['r', 'y', null]
        ]),
        invoke(0, [
          ['r', 'x', null],
          ['r', 'y', null]
        ]),
        invoke(4, [['w', 'y', 2]]),
        invoke(1, [['w', 'x', 0]]),
        ok(3, [['r', 'x', 0]]),
        ok(0, [
          ['r', 'x', 0],
          ['r', 'y', 0]
        ]),
        ok(2, [
          ['r', 'x', 0],
          ['r', 'y', 0]
        ]),
        ok(4, [['w', 'y', 2]]),
        ok(1, [['w', 'x', 0]]),
        invoke(3, [
          ['r', 'x', null],
          ['r', 'y', null]
        ]),
        invoke(0, [['w', 'y', 2]]),
        ok(3, [
          ['r', 'x', 0],
          ['r', 'y', 2]
        ])
      ),
      'ok'
    ]
  ])('%s', (_name, specification, history, verdict) => expect(linear(specification, history)).toBe(verdict))

  /** The calls that no order can place, by process, and the state before them. */
  const stuck = (specification: AnySpecification, history: AnyHistory) => {
    const judged = linearizable(specification).judge(history)
    if (either.isLeft(judged) || judged.right.verdict !== 'violation') throw new Error('a violation was expected')
    const { evidence } = judged.right
    return [evidence.stuck.map(({ call: { process } }) => process), evidence.state]
  }

  test('cas-register/bad/bad-analysis.edn: the first of two reads that are both wrong', () => {
    const history = historyOf(
      call(4, write(2), null),
      crashed(6, read),
      call(1, write(4), null),
      call(14, read, 4),
      call(9, write(0), null),
      invoke(19, read),
      crashed(20, write(1)),
      ok(19, 0),
      invoke(22, read),
      invoke(21, read),
      ok(21, 2),
      ok(22, 3)
    )
    expect(stuck(casRegister(), history)[0]).toEqual([21])
  })

  test('cas-register/bad/rethink-fail-minimal.edn: the wrong read, not the right one behind it', () => {
    const history = historyOf(
      call(0, write(0), null),
      invoke(1, read),
      invoke(2, write(4)),
      ok(1, 3),
      ok(2, null),
      call(3, read, 4)
    )
    expect(stuck(casRegister(), history)[0]).toEqual([1])
  })

  test('cas-register/bad/cas-failure.edn, its end: after the write of 2 nobody can read 0', () => {
    const history = historyOf(
      call(79, write(0), null),
      crashed(77, cas(1, 1)),
      invoke(76, write(2)),
      ...[71, 72, 73, 74].map((process) => invoke(process, read)),
      ok(76, null),
      ...[71, 72, 73, 74].map((process) => ok(process, 0)),
      call(70, read, 0)
    )
    expect(stuck(casRegister(0), history)).toEqual([[70], 2])
  })
})
