/** Traces against models: replayed, tried again, and as regression tests in jest. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { appendAll, emptyLog, Positive, step, type Protocol } from '../spec/kernel/index.ts'
import { check } from '../src/checker/check.ts'
import { expectHold, expectReplay, expectWithstand, quorateMatchers, type QuorateMatchers } from '../src/jest/index.ts'
import { asynchronous, fifo, unordered, type Model } from '../src/model/model.ts'
import { parameter, parametric } from '../src/model/parameters.ts'
import {
  decodeTrace,
  encodeTrace,
  record,
  renderDiagram,
  renderMermaid,
  renderText,
  replay,
  retry,
  type Trace
} from '../src/trace/index.ts'
import { forgetful, pingPong, pingPongModel, type PingPong } from './support/ping-pong.ts'
import { randomModels } from './support/random-protocol.ts'
import { leftOf, rightOf, runOf, validated, walkOf } from './support/runs.ts'
import { forgetting, violation } from './support/shown-runs.ts'

declare module 'expect' {
  interface Matchers<R extends void | Promise<void>, T = unknown> extends QuorateMatchers<R> {}
}

const run = { shows: 'run', property: null, origin: null } as const
const everyPartition = { times: 1, cuts: 'symmetric' } as const
const walked = [
  pingPongModel(asynchronous(), { crashes: 1, crashesForGood: 1, partitions: everyPartition }),
  pingPongModel(unordered({ lose: 2, duplicate: 1 }), { crashes: 2, partitions: { times: 1, cuts: 'one-way' } }),
  pingPongModel(fifo({ lose: 1, duplicate: 2 }), { crashes: 1, crashesForGood: 1 }, { writes: 2, protocol: forgetful })
].map(validated)

const walks = fc
  .record({ subject: fc.nat(walked.length - 1), picks: fc.array(fc.nat(1000), { minLength: 1, maxLength: 12 }) })
  .map(({ subject, picks }) => {
    const valid = walked[subject]!
    return { valid, trace: rightOf(record(valid, walkOf(valid, picks), run)) }
  })

describe('recorded runs', () => {
  test('replay, and are the same after writing and reading', () => {
    fc.assert(
      fc.property(walks, ({ valid, trace }) => {
        const text = encodeTrace(trace)
        const read = rightOf(decodeTrace(text))
        expect(read).toEqual(trace)
        expect(encodeTrace(read)).toBe(text)
        expect(renderText(read)).toBe(renderText(trace))
        expect(rightOf(replay(valid, read))).toEqual({ trace, stillShows: true })
      }),
      { numRuns: 60 }
    )
  })

  test('are refused at the step where a rule was changed', () => {
    fc.assert(
      fc.property(walks, fc.nat(), ({ valid, trace }, pick) => {
        const index = pick % trace.steps.length
        const changed = { ...trace, steps: trace.steps.with(index, { ...trace.steps[index]!, rule: 'changed' }) }
        const found = leftOf(replay(valid, changed))
        expect(found.code).toBe('Q404')
        expect(found.what).toBe(`step ${index + 1} differs: rule: recorded changed, now ${trace.steps[index]!.rule}`)
      }),
      { numRuns: 30 }
    )
  })

  const valid = validated(forgetting)
  const corrupted = (index: number, change: (step: Trace['steps'][number]) => object): Trace => ({
    ...violation,
    steps: violation.steps.with(index, { ...violation.steps[index]!, ...change(violation.steps[index]!) })
  })

  test.each<[string, Trace, string]>([
    [
      'a state',
      corrupted(2, ({ after }) => ({
        after: {
          ...after,
          state: {
            role: 'primary',
            log: appendAll<string>(emptyLog, ['x']),
            waiting: { id: 'put', missing: ['b', 'c'] }
          }
        }
      })),
      'step 3 differs: state.waiting.missing: recorded [b, c], now [c]'
    ],
    [
      'a timer',
      corrupted(0, ({ after }) => ({ after: { ...after, timers: [] } })),
      'step 1 differs: timers: recorded [], now [resend]'
    ],
    [
      'an effect',
      corrupted(0, ({ effects }) => ({ effects: effects.with(0, { ...(effects[0] as object), to: 'c' }) })),
      'step 1 differs: effects.0.to: recorded c, now b'
    ],
    [
      'a missing effect',
      corrupted(1, () => ({ effects: [] })),
      'step 2 differs: effects: recorded [], now [{send message={pong index=1} to=a}]'
    ],
    [
      'a missing step',
      { ...violation, steps: violation.steps.toSpliced(3, 1) },
      'step 4 cannot happen: no such message from c to a is in flight'
    ],
    [
      'a start',
      { ...violation, start: violation.start.with(1, { ...violation.start[1]!, rule: 'begin' }) },
      'b starts differently: rule: recorded begin, now start'
    ],
    ['a missing start', { ...violation, start: violation.start.slice(1) }, 'the nodes that start are b, c, now a, b, c']
  ])('that were changed are refused: %s', (_name, trace, what) => {
    expect(leftOf(replay(valid, trace))).toMatchObject({ code: 'Q404' })
    expect(leftOf(replay(valid, trace)).what).toBe(what)
  })
})

test('what the checker finds in random protocols replays, shows what it was found for, and renders', () =>
  fc.assert(
    fc.asyncProperty(randomModels(true), async (subject) => {
      const { trace } = rightOf(await check(subject, { maxStates: 3000 }))
      if (trace === null) return
      const read = rightOf(decodeTrace(encodeTrace(trace)))
      expect(rightOf(replay(validated(subject), read))).toEqual({ trace, stillShows: true })
      for (const render of [renderText, renderDiagram, renderMermaid]) expect(render(read)).toBe(render(trace))
    }),
    { numRuns: Number(process.env['TRACE_RUNS'] ?? 60) }
  ))

describe('a trace that is of something else', () => {
  const valid = validated(forgetting)
  test.each<[string, object, string]>([
    ['protocol', { protocol: 'raft' }, 'the trace is of protocol raft, the model of ping-pong'],
    ['nodes', { nodes: ['a', 'b'] }, 'the trace has the nodes a, b, the model a, b, c'],
    ['property', { property: 'agreement' }, 'the model has no property "agreement" that can be violated'],
    [
      'kind',
      { property: 'a-write-is-answered' },
      'the model has no property "a-write-is-answered" that can be violated'
    ]
  ])('%s', (_name, change, what) => {
    expect(leftOf(replay(valid, { ...violation, ...change }))).toMatchObject({ code: 'Q403', what })
  })
})

test('a reducer that throws is a problem of the model, and not of the trace', () => {
  const throwing: typeof forgetful = {
    ...forgetful,
    recover: () => {
      throw new Error('no disk')
    }
  }
  const broken = { ...forgetting, protocol: throwing }
  expect(leftOf(replay(validated(broken), violation)).code).toBe('Q201')
})

describe('the end of a run still shows what it was recorded for, or no longer', () => {
  const shows = (subject: Model<any>, trace: Trace) => rightOf(replay(validated(subject), trace)).stillShows

  test('an invariant', () => {
    expect(shows(forgetting, violation)).toBe(true)
    // The last steps do not matter: the first crash is the violation.
    expect(shows(forgetting, { ...violation, steps: violation.steps.slice(0, 6) })).toBe(true)
    expect(shows(forgetting, { ...violation, steps: violation.steps.slice(0, 5) })).toBe(false)
  })

  test('a property of steps: of the last one', () => {
    const crash = { ...violation, property: 'log-never-shrinks', steps: violation.steps.slice(0, 7) }
    expect(shows(forgetting, crash)).toBe(true)
    expect(shows(forgetting, { ...crash, steps: violation.steps })).toBe(false)
    expect(shows(forgetting, { ...crash, steps: [] })).toBe(false)
  })

  test('a property of steps is not asked about one that changes nothing and says nothing', () => {
    const still = { ...forgetting, properties: [step<PingPong>('nothing-happens', () => false)] }
    const words = [
      'client->a write value=x (put)',
      'a->b ping index=1 value=x',
      'b->a pong index=1',
      'b->a pong index=1'
    ]
    const about = { shows: 'violated', property: 'nothing-happens' } as const
    expect(shows(still, runOf(still, words.slice(0, 3), about))).toBe(true)
    expect(shows(still, runOf(still, words, about))).toBe(false)
  })

  test('something to be reached', () => {
    const answered = { ...violation, shows: 'reached', property: 'a-write-is-answered' } as const
    expect(shows(forgetting, { ...answered, steps: violation.steps.slice(0, 5) })).toBe(true)
    expect(shows(forgetting, { ...answered, steps: violation.steps.slice(0, 4) })).toBe(false)
  })

  test('a deadlock, unless the model may stop there', () => {
    const finished = pingPongModel(asynchronous(), {}, { backups: 1 })
    const words = ['client->a write value=x (put)', 'a->b ping index=1 value=x', 'b->a pong index=1']
    const stuck = runOf(finished, words, { shows: 'deadlock' })
    expect(shows(finished, stuck)).toBe(true)
    expect(shows({ ...finished, mayStop: true }, stuck)).toBe(false)
    expect(shows({ ...finished, mayStop: ({ nodes }) => nodes.every(({ up }) => up) }, stuck)).toBe(false)
    expect(shows({ ...finished, mayStop: () => false }, stuck)).toBe(true)
    expect(shows(finished, runOf(finished, words.slice(0, 2), { shows: 'deadlock' }))).toBe(false)
  })
})

describe('a text that is no trace', () => {
  const json = (change: object) => JSON.stringify({ ...violation, ...change })
  test.each<[string, string, string, string]>([
    ['no JSON', '{', 'Q401', 'JSON'],
    ['another version', json({ quorateTrace: 2 }), 'Q402', 'at quorateTrace: '],
    ['a field too many', json({ extra: 1 }), 'Q402', 'unknown field "extra" in Trace'],
    [
      'an action of no kind',
      json({ steps: [{ ...violation.steps[0], action: { type: 'jump' } }] }),
      'Q402',
      'steps.0.action'
    ],
    ['a node that is not there', json({ nodes: ['a', 'b'] }), 'Q402', 'at start.2.node: "c" is not among the nodes']
  ])('%s', (_name, text, code, what) => {
    const found = leftOf(decodeTrace(text))
    expect(found.code).toBe(code)
    expect(found.what).toContain(what)
  })
})

// Regression tests -------------------------------------------------------------------------------------------------------

expect.extend(quorateMatchers)

const mended = pingPongModel(asynchronous(), { crashes: 1, crashesForGood: 1 })
const folder = mkdtempSync(join(tmpdir(), 'quorate-trace-'))
afterAll(() => rmSync(folder, { recursive: true }))

describe('actions tried again on a mended model', () => {
  test('happen to their end, and show nothing', () => {
    expect(rightOf(retry(validated(mended), violation))).toEqual({ steps: 8, stopped: null, shownAfter: null })
  })

  test('show the violation as soon as it is there, though the run goes on', () => {
    expect(rightOf(retry(validated(forgetting), violation))).toEqual({ steps: 8, stopped: null, shownAfter: 6 })
  })

  test('may come to an end', () => {
    const mute: Protocol<any> = {
      ...forgetful,
      step: (self, state, event) => ({ ...pingPong.step(self, state, event as never), effects: [] })
    }
    const { steps, stopped, shownAfter } = rightOf(retry(validated({ ...forgetting, protocol: mute }), violation))
    expect({ steps, shownAfter }).toEqual({ steps: 1, shownAfter: null })
    expect(stopped?.what).toBe('step 2 cannot happen: no such message from a to b is in flight')
  })
})

describe('matchers', () => {
  const file = join(folder, 'violation.trace.json')
  writeFileSync(file, encodeTrace(violation))
  const said = (expectation: () => unknown): string => {
    try {
      expectation()
    } catch (error) {
      return (error as Error).message
    }
    throw new Error('the matcher did not fail')
  }

  test('a trace replays, as it is or from a file', () => {
    expect(forgetting).toReplay(violation)
    expect(forgetting).toReplay(file)
    expect(forgetting).toReplay(pathToFileURL(file))
    expect(mended).not.toReplay(violation)
    expectReplay(forgetting, file)
  })

  test('where it does not replay, the step and the whole run are told', () => {
    const message = said(() => expectReplay(mended, violation))
    expect(message).toContain('Q404 step 6 differs: durable.log: recorded [], now [x]')
    expect(message).toContain(renderText(violation))
    expect(said(() => expect(mended).toReplay(violation))).toContain(message)
    expect(said(() => expect(forgetting).not.toReplay(violation))).toContain('still shows: violates written-is-stored')
  })

  test('a mended model withstands the trace, a broken one does not', () => {
    expect(mended).toWithstand(file)
    expect(forgetting).not.toWithstand(file)
    expectWithstand(mended, violation)
    const message = said(() => expect(forgetting).toWithstand(violation))
    expect(message).toContain('the same actions still show, after 6 steps: violates written-is-stored')
    expect(message).toContain(renderText(violation))
  })

  test('wrong input fails, negated or not', () => {
    expect(said(() => expect(mended).not.toReplay(join(folder, 'nothing.json')))).toContain('Q301')
    expect(said(() => expect(mended).not.toWithstand({ ...violation, protocol: 'raft' }))).toContain('Q403')
    expect(said(() => expect(mended).not.toReplay({ ...violation, protocol: 'raft' }))).toContain('Q403')
    expect(said(() => expect(mended).toWithstand({ ...violation, shows: 'run', property: null }))).toContain(
      'shows nothing'
    )
  })

  test('a model with parameters is built with those of the trace', () => {
    const sized = parametric({ backups: parameter(Positive, 1, 'backups besides the primary') }, ({ backups }) =>
      pingPongModel(asynchronous(), { crashes: 1, crashesForGood: 1 }, { protocol: forgetful, backups })
    )
    const about = { ...violation.model, parameters: { backups: 2 } }
    expect(sized).toReplay({ ...violation, model: about })
    expect(said(() => expect(sized).toReplay(violation))).toContain('Q403')
    expect(
      said(() => expect(sized).toReplay({ ...violation, model: { ...about, parameters: { backups: 0 } } }))
    ).toContain('Q305')
  })

  test('a model holds, or its shortest run to the violation is told', async () => {
    const finished = { ...mended, mayStop: true } as const
    await expect(finished).toHold()
    await expectHold(finished)
    const broken = { ...forgetting, mayStop: true, properties: [...forgetting.properties].slice(0, 1) } as const
    await expect(expectHold(broken)).rejects.toThrow(/^ping-pong violated: written-is-stored .*\n\nthe trace:\na start/)
    await expect(expect(mended).toHold({ reduce: [] })).rejects.toThrow('ping-pong deadlock (')
    await expect(expect(finished).not.toHold()).rejects.toThrow('ping-pong holds')
  })
})
