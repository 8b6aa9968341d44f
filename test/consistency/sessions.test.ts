import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { either } from 'fp-ts'
import { call, fail, historyOf, info, invoke, ok } from '../../src/consistency/builder.ts'
import { calls } from '../../src/consistency/history.ts'
import type { Call, History } from '../../src/consistency/history.ts'
import { sequentiallyConsistent } from '../../src/consistency/sequential.ts'
import { causalMemory, causallyConsistent, causallyConvergent } from '../../src/consistency/sessions/causal.ts'
import { convergent } from '../../src/consistency/sessions/convergence.ts'
import { sessionGuarantees } from '../../src/consistency/sessions/guarantees.ts'
import type { SessionViolation } from '../../src/consistency/sessions/guarantees.ts'
import { guarantees } from '../../src/consistency/sessions/visibility.ts'
import type { Guarantee } from '../../src/consistency/sessions/visibility.ts'
import { keyed } from '../../src/consistency/specification.ts'
import { register } from '../../src/consistency/specifications/registers.ts'
import type { Judge } from '../../src/consistency/verdict.ts'

type AnyHistory = History<unknown, unknown>

const w = (process: string, key: string, value: unknown) =>
  call(process, { key, operation: { type: 'write', value } }, null)
const r = (process: string, key: string, value: unknown) => call(process, { key, operation: { type: 'read' } }, value)

const verdict = (judge: Judge<unknown, unknown>, history: AnyHistory) => {
  const judged = judge.judge(history)
  return either.isRight(judged) ? judged.right.verdict : judged.left.code
}

const violation = (judge: Judge<SessionViolation>, history: AnyHistory) => {
  const judged = judge.judge(history)
  if (either.isLeft(judged) || judged.right.verdict !== 'violation') throw new Error('a violation was expected')
  return judged.right
}

const all = sessionGuarantees(guarantees)

describe('[Terry94] session guarantees', () => {
  test.each<[string, AnyHistory, string, ReadonlyArray<Guarantee>]>([
    [
      'a password is changed, and the old one is still the one that counts',
      historyOf(w('user', 'password', 'old'), w('user', 'password', 'new'), r('user', 'password', 'old')),
      'conflicting-order',
      ['read-your-writes', 'monotonic-writes']
    ],
    ['what I wrote is not there', historyOf(w('A', 'x', 1), r('A', 'x', null)), 'initial-read', ['read-your-writes']],
    [
      'an appointment that was there is gone',
      historyOf(w('A', 'x', 1), r('B', 'x', 1), r('B', 'x', null)),
      'initial-read',
      ['monotonic-reads']
    ],
    [
      'two sessions see two writes in opposite orders',
      historyOf(w('A', 'x', 1), w('B', 'x', 2), r('C', 'x', 1), r('C', 'x', 2), r('D', 'x', 2), r('D', 'x', 1)),
      'conflicting-order',
      ['monotonic-reads']
    ],
    [
      'the new library is there, and the one that it needs is not',
      historyOf(w('A', 'library', 1), w('A', 'program', 1), r('B', 'program', 1), r('B', 'library', null)),
      'initial-read',
      ['monotonic-reads', 'monotonic-writes']
    ],
    [
      'an answer is there, and the question is not',
      historyOf(
        w('A', 'question', 1),
        r('B', 'question', 1),
        w('B', 'answer', 1),
        r('C', 'answer', 1),
        r('C', 'question', null)
      ),
      'initial-read',
      ['monotonic-reads', 'writes-follow-reads']
    ]
  ])('%s', (_name, history, anomaly, broken) => {
    const { evidence, explanation } = violation(all, history)
    expect([evidence.anomaly, evidence.guarantees]).toEqual([anomaly, broken])
    expect(verdict(sessionGuarantees(broken), history)).toBe('violation')
    for (const one of broken)
      expect(verdict(sessionGuarantees(guarantees.filter((other) => other !== one)), history)).toBe('ok')
    expect(explanation).toContain(broken.join(' and '))
  })

  test('an explanation is a chain of reasons', () => {
    const history = historyOf(
      w('A', 'question', 1),
      r('B', 'question', 1),
      w('B', 'answer', 1),
      r('C', 'answer', 1),
      r('C', 'question', null)
    )
    expect(violation(all, history).explanation).toBe(
      [
        'initial-read: monotonic-reads and writes-follow-reads',
        '  the read "question"=null of process "C" (record 8) answers the initial value',
        '  the read "question"=null of process "C" (record 8) comes after the read "answer"=1 of process "C" (record 6) in its session: monotonic-reads',
        '  the read "answer"=1 of process "C" (record 6) read from the write "answer"=1 of process "B" (record 4)',
        '  the write "answer"=1 of process "B" (record 4) comes after the read "question"=1 of process "B" (record 2) in its session: writes-follow-reads',
        '  the read "question"=1 of process "B" (record 2) read from the write "question"=1 of process "A" (record 0)'
      ].join('\n')
    )
  })

  test.each<[string, AnyHistory, string]>([
    ['a value that nobody wrote', historyOf(r('A', 'x', 7)), 'thin-air-read'],
    [
      'a value whose write failed',
      historyOf(invoke('A', { type: 'write', value: 7 }), fail('A'), call('B', { type: 'read' }, 7)),
      'aborted-read'
    ],
    [
      'a value that is read before its own session writes it',
      historyOf(r('A', 'x', 1), w('A', 'x', 1)),
      'cyclic-causality'
    ],
    [
      'two values, each written after the other was read',
      historyOf(r('A', 'x', 1), w('A', 'y', 1), r('B', 'y', 1), w('B', 'x', 1)),
      'cyclic-causality'
    ]
  ])('no guarantee is needed to rule out %s', (_name, history, anomaly) => {
    const { evidence, explanation } = violation(sessionGuarantees([]), history)
    expect([evidence.anomaly, evidence.guarantees]).toEqual([anomaly, []])
    expect(explanation).toContain(anomaly)
    for (const judge of [all, causallyConsistent(), causallyConvergent(), causalMemory()])
      expect(verdict(judge, history)).toBe('violation')
  })

  test.each<[string, AnyHistory, string]>([
    ['a completion without an invocation', historyOf(ok(1, null)), 'Q601'],
    ['a process with two calls open', historyOf(invoke(1, { type: 'read' }), invoke(1, { type: 'read' })), 'Q602'],
    ['a compare-and-set', historyOf(call(1, { type: 'cas', from: 1, to: 2 }, true)), 'Q607'],
    ['a value written twice', historyOf(w('A', 'x', 1), w('B', 'x', 1)), 'Q652'],
    ['the initial value written', historyOf(w('A', 'x', null)), 'Q652'],
    ['what is not data', historyOf(r('A', 'x', undefined)), 'Q605'],
    [
      'a write of unknown outcome that is read',
      historyOf(invoke(1, { type: 'write', value: 1 }), info(1), call(2, { type: 'read' }, 1)),
      'ok'
    ],
    [
      'one that is not',
      historyOf(invoke(1, { type: 'write', value: 1 }), info(1), call(2, { type: 'read' }, null)),
      'ok'
    ],
    [
      'a map',
      historyOf(call(1, { type: 'put', key: 'x', value: 'a' }, null), call(1, { type: 'get', key: 'x' }, 'a')),
      'ok'
    ],
    ['nothing', [], 'ok']
  ])('%s', (_name, history, expected) => {
    for (const judge of [all, causallyConsistent(), causallyConvergent(), causalMemory()])
      expect(verdict(judge, history)).toBe(expected)
  })
})

describe('[Bouajjani17] Figure 3', () => {
  // Processes run side by side there; here one after the other, which the judges do not look at.
  test.each<[string, AnyHistory, [string, string, string, string]]>([
    [
      '(a) causal memory, not causal convergence',
      historyOf(w('A', 'x', 1), r('A', 'x', 2), w('B', 'x', 2), r('B', 'x', 1)),
      ['ok', 'violation', 'ok', 'violation']
    ],
    [
      '(b) causal convergence, not causal memory',
      historyOf(
        w('A', 'z', 1),
        w('A', 'x', 1),
        w('A', 'y', 1),
        w('B', 'x', 2),
        r('B', 'z', null),
        r('B', 'y', 1),
        r('B', 'x', 2)
      ),
      ['ok', 'ok', 'violation', 'violation']
    ],
    [
      '(c) weak causal consistency, neither of the stronger ones',
      historyOf(w('A', 'x', 1), w('B', 'x', 2), r('B', 'x', 1), r('B', 'x', 2)),
      ['ok', 'violation', 'violation', 'violation']
    ],
    [
      '(d) all three, not sequential consistency',
      historyOf(
        w('A', 'x', 1),
        r('A', 'y', null),
        w('A', 'y', 1),
        r('A', 'x', 1),
        w('B', 'x', 2),
        r('B', 'y', null),
        w('B', 'y', 2),
        r('B', 'x', 2)
      ),
      ['ok', 'ok', 'ok', 'violation']
    ],
    [
      '(e) none',
      historyOf(w('A', 'x', 1), w('A', 'y', 1), r('B', 'y', 1), w('B', 'x', 2), r('C', 'x', 2), r('C', 'x', 1)),
      ['violation', 'violation', 'violation', 'violation']
    ]
  ])('%s', (_name, history, expected) => {
    const judges = [
      causallyConsistent(),
      causallyConvergent(),
      causalMemory(),
      sequentiallyConsistent(keyed(register()))
    ]
    expect(judges.map((judge) => verdict(judge, history))).toEqual(expected)
  })
  test('(e) in words', () => {
    const history = historyOf(
      w('A', 'x', 1),
      w('A', 'y', 1),
      r('B', 'y', 1),
      w('B', 'x', 2),
      r('C', 'x', 2),
      r('C', 'x', 1)
    )
    expect(violation(causallyConsistent(), history).explanation).toContain(
      'the read "x"=1 of process "C" (record 10) answers the write "x"=1 of process "A" (record 0), which the write "x"=2 of process "B" (record 6) replaced:'
    )
  })
})

describe('convergence', () => {
  const written = [w('A', 'x', 1), w('B', 'x', 2)]
  test.each<[string, AnyHistory, string]>([
    ['all read the same in the end', historyOf(...written, r('A', 'x', 1), r('A', 'x', 2), r('B', 'x', 2)), 'ok'],
    ['two sessions end apart', historyOf(...written, r('A', 'x', 1), r('B', 'x', 2)), 'violation'],
    [
      'a session that never hears of a write',
      historyOf(w('A', 'x', 1), r('C', 'x', null), r('A', 'x', 1)),
      'violation'
    ],
    [
      'reads before the last write do not count',
      historyOf(w('A', 'x', 1), r('B', 'x', null), w('C', 'y', 1), r('A', 'x', 1), r('B', 'x', 1)),
      'ok'
    ],
    ['nobody reads after the last write', historyOf(...written), 'unknown'],
    ['only one session does', historyOf(...written, r('A', 'x', 1)), 'unknown'],
    [
      'a write is still open',
      historyOf(
        invoke('L', { key: 'x', operation: { type: 'write', value: 9 } }),
        ...written,
        r('A', 'x', 1),
        r('B', 'x', 2)
      ),
      'unknown'
    ],
    ['a value that nobody wrote', historyOf(r('A', 'x', 3), r('B', 'x', 3)), 'violation']
  ])('%s', (_name, history, expected) => expect(verdict(convergent(), history)).toBe(expected))
})

/** Three sessions on two keys, every value written once; a read answers one of the values of its key, or null. */
const smallHistory = (mostCalls: number): fc.Arbitrary<AnyHistory> =>
  fc
    .array(fc.record({ session: fc.constantFrom('A', 'B', 'C'), key: fc.constantFrom('x', 'y'), pick: fc.nat(9) }), {
      maxLength: mostCalls
    })
    .map((plan) => {
      const isWrite = ({ pick }: { readonly pick: number }) => pick < 4
      const values = (key: string) => [
        null,
        ...plan.flatMap((step, i) => (isWrite(step) && step.key === key ? [i] : []))
      ]
      return historyOf(
        ...plan.map((step, i) => {
          const choices = values(step.key)
          return isWrite(step)
            ? w(step.session, step.key, i)
            : r(step.session, step.key, choices[step.pick % choices.length])
        })
      )
    })

interface Op {
  readonly at: number
  readonly session: unknown
  readonly kind: string
  readonly key: unknown
  readonly value: unknown
}

const opsOf = (history: AnyHistory): ReadonlyArray<Op> => {
  const paired = calls(history)
  if (either.isLeft(paired)) throw new Error('the generator is wrong')
  return paired.right.map(({ process, operation, completion }: Call<any, any>, at) => ({
    at,
    session: process,
    kind: operation.operation.type,
    key: operation.key,
    value:
      operation.operation.type === 'read' && completion?.type === 'ok' ? completion.response : operation.operation.value
  }))
}

const permutations = <A>(items: ReadonlyArray<A>): ReadonlyArray<ReadonlyArray<A>> =>
  items.length === 0
    ? [[]]
    : items.flatMap((item, i) => permutations(items.filter((_, j) => j !== i)).map((rest) => [item, ...rest]))

const readsOf = (read: Op, write: Op) => write.kind === 'write' && write.key === read.key && write.value === read.value

/** Causal order as pairs: the closure of session order and reads-from. */
const causalOrder = (ops: ReadonlyArray<Op>): ReadonlyArray<ReadonlyArray<boolean>> => {
  const before = ops.map((a) =>
    ops.map((b) => (a.session === b.session && a.at < b.at) || (b.kind === 'read' && readsOf(b, a)))
  )
  for (const k of ops.keys())
    for (const i of ops.keys()) for (const j of ops.keys()) before[i]![j] ||= before[i]![k]! && before[k]![j]!
  return before
}

const answers = (order: ReadonlyArray<Op>, read: Op) =>
  (order.slice(0, order.indexOf(read)).findLast(({ kind, key }) => kind === 'write' && key === read.key)?.value ??
    null) === read.value

const respects = (order: ReadonlyArray<Op>, before: ReadonlyArray<ReadonlyArray<boolean>>) =>
  order.every((a, i) => order.slice(i + 1).every((b) => !before[b.at]![a.at]!))

/** The definitions of [Bouajjani17] §3, tried on all orders; the causal order is the least one, which is the best one. */
const causalByForce = (history: AnyHistory) => {
  const ops = opsOf(history)
  const co = causalOrder(ops)
  if (ops.some(({ at }) => co[at]![at])) return ['violation', 'violation', 'violation']
  const past = (o: Op) => ops.filter(({ at }) => at === o.at || co[at]![o.at])
  const orders = (some: ReadonlyArray<Op>) => permutations(some).filter((order) => respects(order, co))
  const legal = (o: Op, judged: (o: Op) => ReadonlyArray<Op>) =>
    orders(past(o)).some((order) => judged(o).every((one) => one.kind === 'write' || answers(order, one)))
  const weak = ops.every((o) => legal(o, () => [o]))
  const memory = ops.every((o) => legal(o, () => ops.filter(({ session, at }) => session === o.session && at <= o.at)))
  const convergence = orders(ops).some((order) =>
    ops.every(
      (o) =>
        o.kind === 'write' ||
        answers(
          order.filter((one) => past(o).includes(one)),
          o
        )
    )
  )
  return [weak, convergence, memory].map((holds) => (holds ? 'ok' : 'violation'))
}

/** The definitions of the guarantees, tried on all visibilities and all orders of writes. */
const guaranteesByForce = (history: AnyHistory, asked: ReadonlySet<Guarantee>): boolean => {
  const ops = opsOf(history)
  if (ops.some((op) => causalOrder(ops)[op.at]![op.at])) return false
  const writes = ops.filter(({ kind }) => kind === 'write')
  const reads = ops.filter(({ kind }) => kind === 'read')
  const inSession = (a: Op, b: Op) => a.session === b.session && a.at < b.at
  const visibilities = reads.reduce<ReadonlyArray<ReadonlyArray<number>>>(
    (some) => some.flatMap((rest) => Array.from({ length: 2 ** writes.length }, (_, mask) => [...rest, mask])),
    [[]]
  )
  return visibilities.some((masks) => {
    const sees = (read: Op, write: Op) => ((masks[reads.indexOf(read)]! >> writes.indexOf(write)) & 1) === 1
    const closed = (a: Op, b: Op) => reads.every((one) => !sees(one, b) || sees(one, a))
    const visible =
      (!asked.has('read-your-writes') ||
        reads.every((read) => writes.every((write) => !inSession(write, read) || sees(read, write)))) &&
      (!asked.has('monotonic-reads') ||
        reads.every((a) =>
          reads.every((b) => !inSession(a, b) || writes.every((write) => !sees(a, write) || sees(b, write)))
        ))
    if (!visible) return false
    const ordered = [
      ...(asked.has('monotonic-writes')
        ? writes.flatMap((a) => writes.filter((b) => inSession(a, b)).map((b) => [a, b] as const))
        : []),
      ...(asked.has('writes-follow-reads')
        ? reads.flatMap((read) =>
            writes.flatMap((a) =>
              sees(read, a) ? writes.filter((b) => inSession(read, b)).map((b) => [a, b] as const) : []
            )
          )
        : [])
    ]
    return (
      ordered.every(([a, b]) => closed(a, b)) &&
      permutations(writes).some(
        (order) =>
          ordered.every(([a, b]) => order.indexOf(a) < order.indexOf(b)) &&
          reads.every((read) => answers([...order.filter((write) => sees(read, write)), read], read))
      )
    )
  })
}

describe('judged against the definitions', () => {
  const seen = { ok: 0, violation: 0 }
  test('causal consistency in three strengths', () => {
    fc.assert(
      fc.property(smallHistory(6), (history) => {
        const judges = [causallyConsistent(), causallyConvergent(), causalMemory()]
        const expected = causalByForce(history)
        for (const one of expected) seen[one === 'ok' ? 'ok' : 'violation'] += 1
        expect(judges.map((judge) => verdict(judge, history))).toEqual(expected)
      }),
      { numRuns: 600 }
    )
  })
  test('session guarantees, every combination', () => {
    const combinations = fc.subarray([...guarantees])
    fc.assert(
      fc.property(smallHistory(5), combinations, (history, asked) => {
        const holds = guaranteesByForce(history, new Set(asked))
        expect(verdict(sessionGuarantees(asked), history)).toBe(holds ? 'ok' : 'violation')
      }),
      { numRuns: 600 }
    )
  })
  test('both verdicts were met often', () => {
    expect(Math.min(seen.ok, seen.violation)).toBeGreaterThan(200)
  })
  test('causal convergence is all guarantees; sequential consistency implies everything', () => {
    fc.assert(
      fc.property(smallHistory(9), (history) => {
        expect(verdict(causallyConvergent(), history)).toBe(verdict(all, history))
        if (verdict(sequentiallyConsistent(keyed(register())), history) !== 'ok') return
        expect(verdict(all, history)).toBe('ok')
        expect(verdict(causalMemory(), history)).toBe('ok')
      })
    )
  })
})
