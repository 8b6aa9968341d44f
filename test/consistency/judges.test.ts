/** Judges by name, with what they have to be told beyond it. */
import { describe, expect, test } from '@jest/globals'
import { either } from 'fp-ts'
import { call, historyOf } from '../../src/consistency/builder.ts'
import { hasInitial, judgeNamed, judgeNames } from '../../src/consistency/judges.ts'
import type { JudgeOptions } from '../../src/consistency/judges.ts'
import { right } from './isolation-definitions.ts'
import { r, read, w } from './support.ts'
import type { AnyHistory } from './support.ts'

const verdict = (name: string, history: AnyHistory, options: JudgeOptions = {}): string =>
  right(right(judgeNamed(name, options)).judge(history)).verdict

describe('what a register holds that was never written', () => {
  const steps = (...list: ReadonlyArray<readonly ['r' | 'w', string, unknown]>) => list
  const seen = (value: unknown) => historyOf(call(0, steps(['r', 'x', null]), steps(['r', 'x', value])))
  const plain = historyOf(call(0, read, 0))

  test.each<[string, AnyHistory]>([
    ['linearizable:register', plain],
    ['linearizable:cas-register', plain],
    ['sequential:register', plain],
    ['linearizable:multi-register', seen(0)],
    ['sequential:multi-register', seen(0)],
    ['linearizable:keyed-register', historyOf(r('A', 'x', 0))],
    ['session', historyOf(r('A', 'x', 0))],
    ['causal', historyOf(r('A', 'x', 0))]
  ])('%s', (name, history) => {
    expect(hasInitial(name)).toBe(true)
    expect([verdict(name, history), verdict(name, history, { initial: 0 })]).toEqual(['violation', 'ok'])
  })

  test('one value for every key of a multi-register, until it is written', () => {
    const transfer = historyOf(
      call(0, steps(['r', 'x', null], ['w', 'y', 1]), steps(['r', 'x', 0], ['w', 'y', 1])),
      call(1, steps(['w', 'y', 0]), steps(['w', 'y', 0])),
      call(1, steps(['r', 'y', null], ['r', 'z', null]), steps(['r', 'y', 0], ['r', 'z', 0]))
    )
    expect(verdict('linearizable:multi-register', transfer, { initial: 0 })).toBe('ok')
    expect(verdict('linearizable:multi-register', transfer)).toBe('violation')
  })

  test('objects that are no registers start as their names say', () => {
    expect(judgeNames.filter((name) => !hasInitial(name)).map((name) => name.replace(/:.*/, ''))).toContain('isolation')
    for (const object of ['queue', 'set', 'counter', 'mutex', 'key-value', 'keyed-queue'])
      expect(hasInitial(`linearizable:${object}`)).toBe(false)
  })
})

describe('the other options', () => {
  test('a spent budget is unknown, for every judge of order', () => {
    for (const name of ['linearizable:register', 'sequential:register']) {
      expect(verdict(name, historyOf(call(0, read, null)), { visits: 1_000 })).toBe('ok')
      expect(verdict(name, historyOf(call(0, read, null), call(0, read, null)), { visits: 1 })).toBe('unknown')
    }
  })

  test('a name that no judge has is Q501', () => {
    for (const name of ['', 'linearizable', 'linearizable:', 'causal:x', 'isolation:none', 'toString:register'])
      expect(judgeNamed(name)).toMatchObject(either.left({ code: 'Q501' }))
  })

  test('what a judge does not know is refused, not passed over', () => {
    const judged = right(judgeNamed('linearizable:queue')).judge(historyOf(w('A', 'x', 1)))
    expect(judged).toMatchObject(either.left({ code: 'Q607', where: ['record 0'] }))
  })
})
