import { describe, expect, test } from '@jest/globals'
import { either } from 'fp-ts'
import { call, fail, historyOf, info, invoke, ok } from '../../src/consistency/builder.ts'
import { linearizable } from '../../src/consistency/linearizable.ts'
import { keyed } from '../../src/consistency/specification.ts'
import type { Specification } from '../../src/consistency/specification.ts'
import { counter } from '../../src/consistency/specifications/counter.ts'
import { keyValue } from '../../src/consistency/specifications/key-value.ts'
import { mutex } from '../../src/consistency/specifications/mutex.ts'
import { queue } from '../../src/consistency/specifications/queue.ts'
import { casRegister, multiRegister, register } from '../../src/consistency/specifications/registers.ts'
import { set } from '../../src/consistency/specifications/set.ts'
import { canonical } from '../../src/model/data.ts'
import { at, cas, dequeue, enqueue, linear, read, sequential, write } from './support.ts'
import type { AnyHistory, AnySpecification } from './support.ts'

describe('linearizability and sequential consistency compared', () => {
  const staleRead = historyOf(call('A', write(1), null), call('B', read, null), call('B', read, 1))
  // H8 of [Herlihy90]: each of the two queues is sequentially consistent alone.
  const twoQueues = historyOf(
    call('A', at('p', enqueue('x')), null),
    call('B', at('q', enqueue('y')), null),
    call('A', at('q', enqueue('x')), null),
    call('B', at('p', enqueue('y')), null),
    call('A', at('p', dequeue), 'y'),
    call('B', at('q', dequeue), 'x')
  )
  const only = (key: string) => {
    const ours = (record: AnyHistory[number]) =>
      record.type === 'invoke' && canonical(record.operation).includes(`"key":"${key}"`)
    return twoQueues.filter((record, i) => ours(record) || ours(twoQueues[i - 1] ?? record))
  }
  const dekker = historyOf(
    call('A', at('x', write(1)), null),
    call('B', at('y', write(1)), null),
    call('A', at('y', read), null),
    call('B', at('x', read), null)
  )
  test.each<[string, AnySpecification, AnyHistory, string, string]>([
    ['a stale read by another process', register(), staleRead, 'violation', 'ok'],
    ['H8: two queues, each consistent alone', keyed(queue), twoQueues, 'violation', 'violation'],
    ['H8, the first of the two queues', keyed(queue), only('p'), 'violation', 'ok'],
    ['H8, the second of the two queues', keyed(queue), only('q'), 'violation', 'ok'],
    ['both flags raised, both seen down ([Lamport79])', keyed(register()), dekker, 'violation', 'violation'],
    ['the empty history', register(), [], 'ok', 'ok']
  ])('%s', (_name, specification, history, real, program) => {
    expect([linear(specification, history), sequential(specification, history)]).toEqual([real, program])
  })
})

describe('specifications', () => {
  const strings = (...steps: ReadonlyArray<readonly ['r' | 'w', string, unknown]>) => steps
  test.each<[string, AnySpecification, AnyHistory, string]>([
    ['cas that finds its value', casRegister(0), historyOf(call(1, cas(0, 1), true), call(2, read, 1)), 'ok'],
    ['cas that does not', casRegister(0), historyOf(call(1, cas(5, 1), false), call(2, read, 0)), 'ok'],
    ['cas that answers wrongly', casRegister(0), historyOf(call(1, cas(0, 1), false)), 'violation'],
    [
      'mutex taken twice',
      mutex,
      historyOf(call(1, { type: 'acquire' }, null), call(2, { type: 'acquire' }, null)),
      'violation'
    ],
    ['mutex released by nobody', mutex, historyOf(call(1, { type: 'release' }, null)), 'violation'],
    [
      'mutex handed over by a release that nobody heard of',
      mutex,
      historyOf(
        call(1, { type: 'acquire' }, null),
        invoke(1, { type: 'release' }),
        info(1),
        call(2, { type: 'acquire' }, null)
      ),
      'ok'
    ],
    [
      'append and get',
      keyValue,
      historyOf(
        call(1, { type: 'append', key: 'k', value: 'a' }, null),
        call(2, { type: 'append', key: 'k', value: 'b' }, null),
        call(3, { type: 'get', key: 'k' }, 'ab'),
        call(3, { type: 'get', key: 'other' }, ''),
        call(3, { type: 'put', key: 'k', value: 'c' }, null),
        call(3, { type: 'get', key: 'k' }, 'c')
      ),
      'ok'
    ],
    [
      'appends in the wrong order',
      keyValue,
      historyOf(
        call(1, { type: 'append', key: 'k', value: 'a' }, null),
        call(2, { type: 'append', key: 'k', value: 'b' }, null),
        call(3, { type: 'get', key: 'k' }, 'ba')
      ),
      'violation'
    ],
    ['an empty queue', queue, historyOf(call(1, dequeue, null)), 'ok'],
    [
      'a set read in any order',
      set,
      historyOf(
        call(1, { type: 'add', value: 2 }, null),
        call(1, { type: 'add', value: 1 }, null),
        call(1, { type: 'add', value: 7 }, null),
        call(1, { type: 'remove', value: 7 }, null),
        call(2, { type: 'read' }, [2, 1]),
        call(2, { type: 'contains', value: 7 }, false)
      ),
      'ok'
    ],
    [
      'a set that reads an element twice',
      set,
      historyOf(call(1, { type: 'add', value: 1 }, null), call(2, { type: 'read' }, [1, 1])),
      'violation'
    ],
    [
      'a counter',
      counter,
      historyOf(call(1, { type: 'add', value: 2 }, null), call(1, { type: 'add', value: -5 }, null), call(2, read, -3)),
      'ok'
    ],
    [
      'a counter that lost an add',
      counter,
      historyOf(call(1, { type: 'add', value: 2 }, null), call(2, read, 0)),
      'violation'
    ],
    [
      'a transaction that sees half of another',
      multiRegister(),
      historyOf(
        call(1, strings(['w', 'x', 1], ['w', 'y', 1]), strings(['w', 'x', 1], ['w', 'y', 1])),
        call(2, strings(['r', 'x', null], ['r', 'y', null]), strings(['r', 'x', 1], ['r', 'y', null]))
      ),
      'violation'
    ]
  ])('%s', (_name, specification, history, verdict) => expect(linear(specification, history)).toBe(verdict))

  test("a user's own", () => {
    const stack: Specification<any, unknown, ReadonlyArray<unknown>> = {
      name: 'stack',
      operation: queue.operation,
      initial: [],
      apply: (state, operation) =>
        operation.type === 'enqueue'
          ? { state: [...state, operation.value], response: null }
          : { state: state.slice(0, -1), response: state.at(-1) ?? null }
    }
    const history = historyOf(call(1, enqueue('a'), null), call(1, enqueue('b'), null), call(2, dequeue, 'b'))
    expect([linear(stack, history), linear(queue, history)]).toEqual(['ok', 'violation'])
  })
})

describe('calls that failed or that nobody heard of', () => {
  test.each<[string, AnyHistory, string]>([
    ['a failed write did not happen', historyOf(invoke(1, write(1)), fail(1), call(2, read, 1)), 'violation'],
    ['a write of unknown outcome may happen', historyOf(invoke(1, write(1)), info(1), call(2, read, 1)), 'ok'],
    ['or not', historyOf(invoke(1, write(1)), info(1), call(2, read, null)), 'ok'],
    [
      'or later',
      historyOf(invoke(1, write(1)), info(1), call(2, read, null), call(2, write(2), null), call(2, read, 1)),
      'ok'
    ],
    [
      'but only once',
      historyOf(invoke(1, write(1)), info(1), call(2, read, 1), call(2, write(2), null), call(2, read, 1)),
      'violation'
    ],
    ['and not before it was asked for', historyOf(call(2, read, 1), invoke(1, write(1)), info(1)), 'violation']
  ])('%s', (_name, history, verdict) => {
    expect(linear(register(), history)).toBe(verdict)
  })
})

describe('broken input', () => {
  test.each<[string, AnyHistory, string]>([
    ['a completion without an invocation', historyOf(ok(1, null)), 'Q601'],
    ['a second completion', historyOf(call(1, read, null), ok(1, null)), 'Q601'],
    ['a process with two calls open', historyOf(invoke(1, read), invoke(1, read)), 'Q602'],
    ['a process that goes on after info', historyOf(invoke(1, read), info(1), invoke(1, read)), 'Q602'],
    ['indices out of order', historyOf(call(1, read, null)).toReversed(), 'Q601'],
    ['indices that repeat', historyOf(call(1, read, null)).map((record) => ({ ...record, index: 0 })), 'Q603'],
    ['an operation of another specification', historyOf(call(1, enqueue('x'), null)), 'Q607'],
    ['an operation that is none', historyOf(call(1, 'read', null)), 'Q607'],
    ['a value that nobody wrote', historyOf(call(1, write(1), null), call(2, read, 7)), 'violation'],
    ['a response of the wrong shape', historyOf(call(1, write(1), 'done')), 'violation'],
    ['a response that is not data', historyOf(call(1, read, undefined)), 'Q605'],
    ['an operation that is not data', historyOf(call(1, write(Number.NaN), null)), 'Q605']
  ])('%s', (_name, history, verdict) => {
    expect(linear(register(), history)).toBe(verdict)
    expect(sequential(register(), history)).toBe(verdict)
  })
  test('a specification that throws', () => {
    const broken: AnySpecification = {
      ...register(),
      apply: () => {
        throw new Error('no')
      }
    }
    expect(linear(broken, historyOf(call(1, read, null)))).toBe('Q608')
  })
})

describe('evidence', () => {
  const evidenceOf = (specification: AnySpecification, history: AnyHistory) => {
    const judge = linearizable(specification)
    const judged = judge.judge(history)
    if (either.isLeft(judged) || judged.right.verdict !== 'violation') throw new Error('a violation was expected')
    return { evidence: judged.right.evidence, text: judged.right.explanation }
  }
  test('names the first call that no order can place, not a later one', () => {
    const history = historyOf(
      call(0, write(0), null),
      invoke(1, read),
      invoke(2, write(4)),
      ok(1, 3),
      ok(2, null),
      call(3, read, 4)
    )
    const { evidence, text } = evidenceOf(register(), history)
    expect(evidence.stuck.map(({ call: { invocation }, wanted }) => [invocation.index, wanted])).toEqual([
      [2, { response: 4 }]
    ])
    expect(evidence.placed.map(({ invocation }) => invocation.index)).toEqual([0, 3])
    expect(evidence.states).toEqual(expect.arrayContaining([0, 4]))
    expect(text).toBe(
      [
        'not linearizable as register',
        'the longest legal order has 2 calls:',
        '  process 0: write value=0 -> null (records 0 to 1)',
        '  process 2: write value=4 -> null (records 3 to 5)',
        'it leaves the state 4; other orders leave 0',
        'what no order can place:',
        '  process 1: read -> 3 (records 2 to 4): the answer here is 4'
      ].join('\n')
    )
  })
  test('names the key', () => {
    const history = historyOf(
      call('A', at('x', write(1)), null),
      call('A', at('y', write(1)), null),
      call('B', at('x', read), 1),
      call('B', at('y', read), 2)
    )
    expect(evidenceOf(keyed(register()), history).evidence.key).toBe('y')
  })
})

/** Writes of 0, 1, 2 … that all overlap, with what happens while they do. */
const overlapping = (key: string, width: number, ...meanwhile: ReadonlyArray<any>) => [
  ...Array.from({ length: width }, (_, i) => invoke(`${key}${i}`, at(key, write(i)))),
  ...meanwhile,
  ...Array.from({ length: width }, (_, i) => ok(`${key}${i}`, null))
]
const reads = (key: string, ...values: ReadonlyArray<unknown>) =>
  values.map((value, i) => call(`${key} reader ${i}`, at(key, read), value))

describe('the budget', () => {
  // 0 cannot be read again after 1, but that shows only after every subset of the writes was tried.
  const hard = overlapping('x', 14, ...reads('x', 0, 1, 0))
  const judged = (visits: number, ...entries: ReadonlyArray<any>) =>
    linearizable(keyed(register()), { visits }).judge(historyOf(...entries))

  test('spent: the verdict is unknown, never ok', () => {
    expect(judged(500, ...hard)).toMatchObject({ right: { verdict: 'unknown' } })
  })
  test('still unknown after a look for calls that are plainly impossible, for there are none', () => {
    expect(judged(70_000, ...hard)).toMatchObject({ right: { verdict: 'unknown' } })
  })
  test('not spent: the violation is found', () => {
    expect(judged(5_000_000, ...overlapping('x', 8, ...reads('x', 0, 1, 0)))).toMatchObject({
      right: { verdict: 'violation', evidence: { key: 'x' } }
    })
  })
  test('a hard part does not hide an easy violation', () => {
    expect(judged(5000, ...hard, call(1, at('y', read), 1))).toMatchObject({
      right: { verdict: 'violation', evidence: { key: 'y' } }
    })
  })
  test('a value that nobody wrote is found where the search alone would give up', () => {
    expect(judged(100_000, ...overlapping('x', 20, ...reads('x', 'nothing')))).toMatchObject({
      right: { verdict: 'violation', evidence: { stuck: [{ wanted: 'never allowed' }] } }
    })
  })
  test('calls of unknown outcome that a smaller set can do without cost little', () => {
    const lost = Array.from({ length: 40 }, (_, i) => [invoke(`w${i}`, at('x', write(i))), info(`w${i}`)]).flat()
    expect(judged(20_000, ...lost, ...reads('x', 3, 5, 3))).toMatchObject({ right: { verdict: 'violation' } })
  })
})
