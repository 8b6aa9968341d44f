/** Protocols made by hand, each the smallest in which one condition of a reduction matters. */
import { describe, expect, test } from '@jest/globals'
import { send, startTimer } from '../spec/kernel/index.ts'
import { check, type Reduction } from '../src/checker/index.ts'
import { unordered, type Model } from '../src/model/index.ts'
import { replay } from '../src/trace/index.ts'
import { handMade } from './support/hand-made.ts'
import { rightOf, validated } from './support/runs.ts'

const reportOf = async (subject: Model<any>, reduce: ReadonlyArray<Reduction>) =>
  rightOf(await check(subject, { reduce, maxStates: 10_000 }))

const dead = ['dead-messages'] as const
const alike = ['dead-messages', 'alike-messages'] as const

describe('where a run ends', () => {
  test('messages that nobody needs are sent before the end of a trace', async () => {
    const { mayStop: _mayStop, ...subject } = handMade({
      start: { a: ['start', 'on', send('a', 'go')], b: ['start', 'on'] },
      steps: { 'a on go': ['tell', 'on', send('b', 'unheard')] }
    })
    for (const reduce of [[], dead, alike]) {
      const { verdict, trace } = await reportOf(subject, reduce)
      expect([verdict, trace?.steps.length]).toEqual(['deadlock', 1])
      expect(trace === null || rightOf(replay(validated(subject), trace)).stillShows).toBe(true)
    }
  })

  test('who sends for ever what nobody needs is not at its end, where messages are counted', async () => {
    const { mayStop: _mayStop, ...subject } = handMade(
      {
        start: { a: ['start', 'on', startTimer('beat')], b: ['start', 'on'] },
        steps: { 'a on beat': ['tell', 'on', send('b', 'unheard'), startTimer('beat')] }
      },
      { network: unordered() }
    )
    const { verdict, states } = await reportOf(subject, dead)
    expect([verdict, states]).toEqual(['holds', 1])
  })
})
