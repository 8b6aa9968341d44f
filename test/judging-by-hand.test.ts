/** Protocols made by hand, each the smallest known in which one condition of a reduction matters, against the textbook checker. */
import { describe, expect, test } from '@jest/globals'
import { either } from 'fp-ts'
import { send, startTimer } from '../spec/kernel/index.ts'
import { check, type Reduction } from '../src/checker/index.ts'
import { fifo, unordered, type Model } from '../src/model/index.ts'
import { replay } from '../src/trace/index.ts'
import { handMade } from './support/hand-made.ts'
import { caseOf, keepsStates, keepsVerdict } from './support/judges.ts'
import { allSilentScenes, silentJudgings } from './support/judging.ts'
import { rightOf, validated } from './support/runs.ts'
import { scenes } from './support/scenes.ts'

const dead = ['dead-messages'] as const
const alike = ['dead-messages', 'alike-messages'] as const
const all = [...alike, 'idle-partitions'] as const

describe.each<{ reduce: ReadonlyArray<Reduction> }>([{ reduce: dead }, { reduce: alike }, { reduce: all }])(
  'with $reduce it is kept',
  ({ reduce }) => {
    test.each(scenes)('$matters', async ({ tables, changed }) => {
      const subject = handMade(tables, changed)
      const judged = caseOf(subject, false)
      expect(judged === null ? 'too large' : await keepsVerdict(judged, reduce)).toBeNull()
      const whole = {
        ...subject,
        properties: subject.properties.filter(({ kind }) => kind === 'history'),
        mayStop: true
      }
      for (const isGuarded of [false, true]) {
        const found = caseOf({ ...whole, mayStop: true }, true, isGuarded)
        expect(found === null ? 'too large' : await keepsStates(found, reduce)).toBeNull()
      }
    })
  }
)

describe.each<{ reduce: ReadonlyArray<Reduction> }>([
  { reduce: ['silent-steps'] },
  { reduce: ['dead-messages', 'silent-steps'] }
])('with $reduce it is kept', ({ reduce }) => {
  test.each(allSilentScenes)('$matters', async (scene) => {
    for (const { keeps, caseOf: caseFrom, judge } of silentJudgings) {
      const found = caseFrom(scene)
      expect([keeps, found === null ? 'too large' : await judge(found, reduce)]).toEqual([keeps, null])
    }
  })
})

/** A model whose runs must not end. */
const endless = (subject: Model<any>): Model<any> => {
  const { mayStop: _mayStop, ...strict } = subject
  return strict
}

const reportOf = async (subject: Model<any>, reduce: ReadonlyArray<Reduction>) =>
  rightOf(await check(subject, { reduce, maxStates: 10_000 }))

describe('where a run ends', () => {
  test.each<{ reduce: ReadonlyArray<Reduction> }>([{ reduce: [] }, { reduce: dead }, { reduce: alike }])(
    'messages that nobody needs are sent before the end of a trace, with $reduce',
    async ({ reduce }) => {
      const subject = endless(
        handMade({
          start: { a: ['start', 'on', send('a', 'go')], b: ['start', 'on'] },
          steps: { 'a on go': ['tell', 'on', send('b', 'unheard')] }
        })
      )
      const { verdict, trace } = await reportOf(subject, reduce)
      expect([verdict, trace?.steps.length]).toEqual(['deadlock', 1])
      expect(trace === null || rightOf(replay(validated(subject), trace)).stillShows).toBe(true)
    }
  )

  test.each([unordered(), fifo()])(
    'who says for ever what nobody needs is not at its end, on $kind',
    async (network) => {
      for (const to of ['a', 'b']) {
        const beating = handMade(
          {
            start: { a: ['start', 'on', startTimer('beat')], b: ['start', 'on'] },
            steps: { 'a on beat': ['tell', 'on', send(to, 'unheard'), startTimer('beat')] }
          },
          { network }
        )
        const { verdict, states } = await reportOf(endless(beating), dead)
        expect([verdict, states]).toEqual(['holds', 1])
      }
    }
  )

  test('who may still lose a message that nobody needs is, as ever, at its end', async () => {
    const subject = endless(
      handMade(
        { start: { a: ['start', 'on', send('b', 'unheard')], b: ['start', 'on'] }, steps: {} },
        { network: unordered({ lose: 1 }) }
      )
    )
    const { verdict, trace } = await reportOf(subject, dead)
    expect(verdict).toBe('deadlock')
    expect(trace === null || rightOf(replay(validated(subject), trace)).stillShows).toBe(true)
  })
})

describe('a reducer that refuses what can happen is named', () => {
  // The first message is refused only where the second has been delivered: until then it looks as if it never mattered.
  test.each<{ reduce: ReadonlyArray<Reduction> }>([
    { reduce: [] },
    { reduce: dead },
    { reduce: alike },
    { reduce: all }
  ])('with $reduce', async ({ reduce }) => {
    const subject = handMade({
      start: { a: ['start', '0', startTimer('x')], b: ['start', '0'] },
      steps: {
        'a 0 x': ['go', '1', send('b', 'l'), startTimer('x')],
        'a 1 x': ['go', '2', send('b', 'k')],
        'b 0 k': ['go', '1']
      },
      refuses: ['b 1 l']
    })
    const checked = await check(subject, { reduce })
    expect(either.isLeft(checked) && checked.left.code).toBe('Q201')
  })
})
