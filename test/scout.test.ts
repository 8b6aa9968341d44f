/** What a scout finds, against what the textbook checker says can be reached. */
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { history } from '../spec/kernel/index.ts'
import { checkNaively } from '../src/checker/naive.ts'
import { asynchronous } from '../src/model/index.ts'
import { judgedBy } from './support/judging.ts'
import { pingPongModel } from './support/ping-pong.ts'
import { randomModels } from './support/random-protocol.ts'
import { symmetricModels } from './support/random-symmetric.ts'
import { validated } from './support/runs.ts'
import { reachedBy, scouted, silenced, type Found } from './support/scouting.ts'

const most = 400

const sizeOf = ({ conditions, messages }: Found): number => conditions.size + messages.size

const expectOnly = (found: Found, all: Found): void => {
  found.conditions.forEach((condition) => expect(all.conditions).toContain(condition))
  found.messages.forEach((message) => expect(all.messages).toContain(message))
  found.rules.forEach((rule) => expect(all.rules).toContain(rule))
}

describe('a scout', () => {
  const { judgings, reduce } = judgedBy['scout']!
  test.each(judgings)('of $on finds $keeps', ({ cases, judge, weight }) =>
    fc.assert(
      fc.asyncProperty(cases, async (of) => {
        fc.pre(of !== null)
        expect(await judge(of, reduce)).toBeNull()
      }),
      { numRuns: 40 * weight }
    )
  )

  test('misses little', () => {
    let [there, met] = [0, 0]
    fc.assert(
      fc.property(randomModels(false).map(silenced), (model) => {
        const valid = validated(model)
        const report = checkNaively(valid, most)
        fc.pre(report !== null)
        const all = reachedBy(report)
        const found = scouted(valid, 10_000, false)
        expectOnly(found, all)
        there += sizeOf(all)
        met += sizeOf(found)
      }),
      { numRuns: 100 }
    )
    expect(there).toBeGreaterThan(1_000)
    expect(met / there).toBeGreaterThan(0.95)
  })

  test('leaves it to the search to tell what is wrong', () => {
    const refusing = history('refuses', {
      initial: null,
      next: () => {
        throw new Error('no')
      },
      holds: () => true
    })
    const valid = validated({ ...pingPongModel(asynchronous()), properties: [refusing] })
    expect(scouted(valid, 10_000, false).conditions.size).toBeGreaterThan(valid.ids.length)
  })

  test('looks at states that differ in names once, and finds as much', () => {
    let [there, met] = [0, 0]
    fc.assert(
      fc.property(symmetricModels(true), (model) => {
        const valid = validated(silenced(model))
        const all = scouted(valid, 10_000, false)
        const found = scouted(valid, 10_000, true)
        expectOnly(found, all)
        there += all.conditions.size
        met += found.conditions.size
      }),
      { numRuns: 60 }
    )
    expect(met).toBeLessThan(there)
    expect(met / there).toBeGreaterThan(0.4)
  })
})
