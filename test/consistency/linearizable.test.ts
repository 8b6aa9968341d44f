import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { either } from 'fp-ts'
import { call, fail, historyOf, info, invoke, ok } from '../../src/consistency/builder.ts'
import { calls } from '../../src/consistency/history.ts'
import type { Call, History } from '../../src/consistency/history.ts'
import { linearizable } from '../../src/consistency/linearizable.ts'
import { sequentiallyConsistent } from '../../src/consistency/sequential.ts'
import { keyed } from '../../src/consistency/specification.ts'
import type { Specification } from '../../src/consistency/specification.ts'
import { counter } from '../../src/consistency/specifications/counter.ts'
import { keyValue } from '../../src/consistency/specifications/key-value.ts'
import { mutex } from '../../src/consistency/specifications/mutex.ts'
import { queue } from '../../src/consistency/specifications/queue.ts'
import { casRegister, multiRegister, register } from '../../src/consistency/specifications/registers.ts'
import { set } from '../../src/consistency/specifications/set.ts'
import { canonical } from '../../src/model/data.ts'

const read = { type: 'read' } as const
const write = (value: unknown) => ({ type: 'write', value }) as const
const cas = (from: unknown, to: unknown) => ({ type: 'cas', from, to }) as const
const enqueue = (value: string) => ({ type: 'enqueue', value }) as const
const dequeue = { type: 'dequeue' } as const
const at = <Operation>(key: string, operation: Operation) => ({ key, operation })

type AnyHistory = History<unknown, unknown>
type AnySpecification = Specification<any, any, any>

const linear = (specification: AnySpecification, history: AnyHistory) => {
  const judged = linearizable(specification).judge(history)
  return either.isRight(judged) ? judged.right.verdict : judged.left.code
}
const sequential = (specification: AnySpecification, history: AnyHistory) => {
  const judged = sequentiallyConsistent(specification).judge(history)
  return either.isRight(judged) ? judged.right.verdict : judged.left.code
}

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

describe('linearizability and sequential consistency compared', () => {
  const staleRead = historyOf(call('A', write(1), null), call('B', read, null), call('B', read, 1))
  // Each of the two queues is sequentially consistent alone ([Herlihy90] §3.3).
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
    ['two queues, each consistent alone', keyed(queue), twoQueues, 'violation', 'violation'],
    ['the first of the two queues', keyed(queue), only('p'), 'violation', 'ok'],
    ['the second of the two queues', keyed(queue), only('q'), 'violation', 'ok'],
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

describe('the budget', () => {
  // Writes that all overlap and a read of a value that is not among them: every subset of the writes has to be tried.
  const hard = (key: string, width: number) => [
    ...Array.from({ length: width }, (_, i) => invoke(`${key}${i}`, at(key, write(i)))),
    call(`${key} reader`, at(key, read), 'nothing')
  ]
  test('spent: the verdict is unknown, never ok', () => {
    const judged = linearizable(keyed(register()), { visits: 500 }).judge(
      historyOf(...hard('x', 12), ...Array.from({ length: 12 }, (_, i) => ok(`x${i}`, null)))
    )
    expect(judged).toMatchObject({ right: { verdict: 'unknown' } })
  })
  test('a hard part does not hide an easy violation', () => {
    const easy = historyOf(
      ...hard('x', 16),
      ...Array.from({ length: 16 }, (_, i) => ok(`x${i}`, null)),
      call(1, at('y', read), 1)
    )
    const judged = linearizable(keyed(register()), { visits: 5000 }).judge(easy)
    expect(judged).toMatchObject({ right: { verdict: 'violation', evidence: { key: 'y' } } })
  })
  test('calls of unknown outcome that a smaller set can do without cost little', () => {
    const lost = Array.from({ length: 40 }, (_, i) => [invoke(`w${i}`, write(i)), info(`w${i}`)]).flat()
    const judged = linearizable(register(), { visits: 20_000 }).judge(
      historyOf(...lost, call('reader', read, 3), call('reader', read, 5), call('reader', read, 3))
    )
    expect(judged).toMatchObject({ right: { verdict: 'violation' } })
  })
})

/** A history of a few clients whose calls overlap at random, with responses drawn at random: legal or not by chance. */
const randomHistory = (
  operation: fc.Arbitrary<unknown>,
  responses: (operation: any) => fc.Arbitrary<unknown>,
  mostCalls: number
): fc.Arbitrary<AnyHistory> =>
  fc
    .array(fc.record({ client: fc.nat(2), gap: fc.nat(3), operation, outcome: fc.nat(11) }), {
      minLength: 1,
      maxLength: mostCalls
    })
    .chain((plan) => fc.tuple(...plan.map((step) => responses(step.operation))).map((drawn) => ({ plan, drawn })))
    .map(({ plan, drawn }) => {
      const open = new Map<string, { readonly until: number; readonly close: any }>()
      const lives = new Map<number, number>()
      const entries: Array<any> = []
      plan.forEach(({ client, gap, operation: asked, outcome }, now) => {
        for (const [process, { until, close }] of [...open])
          if (until <= now || process.startsWith(`${client}.`)) {
            entries.push(close)
            open.delete(process)
          }
        const process = `${client}.${lives.get(client) ?? 0}`
        entries.push(invoke(process, asked))
        const close = outcome === 0 ? fail(process) : outcome < 3 ? info(process) : ok(process, drawn[now])
        if (close.type === 'info') lives.set(client, (lives.get(client) ?? 0) + 1)
        open.set(process, { until: now + gap + 1, close })
      })
      const pending = plan.length % 2 === 0
      for (const { close } of open.values()) if (!pending || close.type !== 'ok') entries.push(close)
      return historyOf(...entries)
    })

/** Whether some order of the calls, with any choice of the optional ones, is legal and keeps `precedes`. */
const bruteForce = (
  specification: AnySpecification,
  history: AnyHistory,
  precedes: (a: Call<any, any>, b: Call<any, any>) => boolean
): boolean => {
  const paired = calls(history)
  if (either.isLeft(paired)) throw new Error('the generator is wrong')
  const all = paired.right.filter(({ completion }) => completion?.type !== 'fail')
  const isCertain = ({ completion }: Call<any, any>) => completion?.type === 'ok'
  const go = (state: unknown, rest: ReadonlyArray<Call<any, any>>): boolean =>
    !rest.some(isCertain) ||
    rest.some((next) => {
      if (rest.some((other) => other !== next && precedes(other, next))) return false
      const others = rest.filter((other) => other !== next)
      // An optional call that is skipped is left out for good: those after it in program order go on.
      if (!isCertain(next) && go(state, others)) return true
      const outcome = specification.apply(state, next.operation)
      if (outcome === null) return false
      const fits =
        next.completion?.type !== 'ok' ||
        ('accepts' in outcome
          ? outcome.accepts(next.completion.response)
          : canonical(outcome.response) === canonical(next.completion.response))
      return fits && go(outcome.state, others)
    })
  return go(specification.initial, all)
}

const realTimePrecedes = (a: Call<any, any>, b: Call<any, any>) =>
  a.completion?.type === 'ok' && a.completion.index < b.invocation.index
const programPrecedes = (a: Call<any, any>, b: Call<any, any>) =>
  a.process === b.process && a.invocation.index < b.invocation.index

const value = fc.nat(2)
const worlds: ReadonlyArray<readonly [string, AnySpecification, fc.Arbitrary<AnyHistory>]> = [
  [
    'cas-register',
    casRegister(0),
    randomHistory(
      fc.oneof(
        fc.constant(read),
        value.map(write),
        fc.tuple(value, value).map(([from, to]) => cas(from, to))
      ),
      ({ type }) => (type === 'read' ? value : type === 'write' ? fc.constant(null) : fc.boolean()),
      8
    )
  ],
  [
    'keyed register',
    keyed(register(0)),
    randomHistory(
      fc
        .tuple(fc.constantFrom('x', 'y'), fc.oneof(fc.constant(read), value.map(write)))
        .map(([key, one]) => at(key, one)),
      ({ operation }) => (operation.type === 'read' ? value : fc.constant(null)),
      8
    )
  ],
  [
    'queue',
    queue,
    randomHistory(
      fc.oneof(fc.constant(dequeue), fc.constantFrom('a', 'b').map(enqueue)),
      ({ type }) => (type === 'dequeue' ? fc.constantFrom('a', 'b', null) : fc.constant(null)),
      8
    )
  ],
  [
    'mutex',
    mutex,
    randomHistory(fc.constantFrom({ type: 'acquire' }, { type: 'release' }), () => fc.constant(null), 8)
  ],
  [
    'set',
    set,
    randomHistory(
      fc.oneof(
        fc.constant(read),
        value.map((one) => ({ type: 'add', value: one }))
      ),
      ({ type }) => (type === 'read' ? fc.subarray([2, 0, 1]) : fc.constant(null)),
      7
    )
  ]
]

describe('judged against every permutation', () => {
  const seen = { ok: 0, violation: 0 }
  test.each(worlds)('linearizable: %s', (_name, specification, histories) => {
    fc.assert(
      fc.property(histories, (history) => {
        const verdict = linear(specification, history)
        const expected = bruteForce(specification, history, realTimePrecedes) ? 'ok' : 'violation'
        seen[expected] += 1
        expect(verdict).toBe(expected)
      }),
      { numRuns: 400 }
    )
  })
  test.each(worlds)('sequentially consistent: %s', (_name, specification, histories) => {
    fc.assert(
      fc.property(histories, (history) => {
        const expected = bruteForce(specification, history, programPrecedes) ? 'ok' : 'violation'
        expect(sequential(specification, history)).toBe(expected)
      }),
      { numRuns: 300 }
    )
  })
  test('both verdicts were met often', () => {
    expect(Math.min(seen.ok, seen.violation)).toBeGreaterThan(200)
  })
  test('the witness of ok is legal and keeps real time', () => {
    fc.assert(
      fc.property(worlds[0]![2], (history) => {
        const judged = linearizable(casRegister(0)).judge(history)
        if (either.isLeft(judged) || judged.right.verdict !== 'ok') return
        const order = judged.right.witness.flatMap((part) => part.order)
        const place = new Map(order.map((index, i) => [index, i]))
        const paired = calls(history)
        const all = either.isRight(paired) ? paired.right : []
        for (const one of all) if (one.completion?.type === 'ok') expect(place.has(one.invocation.index)).toBe(true)
        const ordered = order.map((index) => all.find(({ invocation }) => invocation.index === index)!)
        const late = ordered.some((one, i) => ordered.slice(i + 1).some((other) => realTimePrecedes(other, one)))
        expect(late).toBe(false)
        ordered.reduce<unknown>((state, { operation, completion }) => {
          const outcome = worlds[0]![1].apply(state, operation)
          if (outcome === null || !('response' in outcome)) throw new Error('not allowed')
          if (completion?.type === 'ok') expect(outcome.response).toEqual(completion.response)
          return outcome.state
        }, 0)
      })
    )
  })
  test('before the completion of the call that no order can place, the history is legal', () => {
    fc.assert(
      fc.property(worlds[0]![2], (history) => {
        const judged = linearizable(casRegister(0)).judge(history)
        if (either.isLeft(judged) || judged.right.verdict !== 'violation') return
        const paired = calls(history)
        const failed = (either.isRight(paired) ? paired.right : []).flatMap(({ invocation, completion }) =>
          completion?.type === 'fail' ? [invocation.index, completion.index] : []
        )
        const end = judged.right.evidence.stuck[0]?.call.completion?.index ?? 0
        const upTo = (last: number) => history.filter(({ index }) => index <= last && !failed.includes(index))
        expect(linear(casRegister(0), upTo(end - 1))).toBe('ok')
      })
    )
  })
})
