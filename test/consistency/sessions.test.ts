import { describe, expect, test } from '@jest/globals'
import { either } from 'fp-ts'
import { call, fail, historyOf, info, invoke, ok } from '../../src/consistency/builder.ts'
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
import { r, verdict, w } from './support.ts'
import type { AnyHistory } from './support.ts'

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
      historyOf(w('A', 'x', 1), r('B', 'x', null), w('C', 'y', 1), r('A', 'x', 1), r('C', 'x', 1)),
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
