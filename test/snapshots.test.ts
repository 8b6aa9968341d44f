/** Snapshots of the replicated state machine, as a model means them. */
import { describe, expect, test } from '@jest/globals'
import { either } from 'fp-ts'
import * as t from 'io-ts'
import {
  always,
  apply,
  fired,
  Natural,
  reachable,
  restore,
  stay,
  takeSnapshot,
  type Protocol,
  type Signature
} from '../spec/kernel/index.ts'
import { check, type Report } from '../src/checker/index.ts'
import { checkNaively } from '../src/checker/naive.ts'
import { asynchronous, model, validate, type Model } from '../src/model/index.ts'
import { decodeTrace, encodeTrace, renderDiagram, renderMermaid, renderText, replay } from '../src/trace/index.ts'

/** Counts requests in its machine, and after each of them asks for a snapshot, which it keeps. */
type Counter = Signature<{
  state: State
  durable: number | null
  request: 'add'
  response: number
  entry: 1
  content: number
  rule: 'start' | 'restart' | 'add' | 'keep'
}>
interface State {
  readonly count: number
  /** What a crash keeps. */
  readonly kept: number | null
}

const counter: Protocol<Counter> = {
  name: 'counter',
  wireVersion: 1,
  codecs: {
    message: t.never,
    durable: t.union([Natural, t.null]),
    request: t.literal('add'),
    response: Natural,
    entry: t.literal(1),
    content: Natural
  },
  rules: ['start', 'restart', 'add', 'keep'],
  timers: [],
  initial: () => fired('start', { count: 0, kept: null }),
  step: (_self, state, event) =>
    event.type === 'snapshot'
      ? fired('keep', { ...state, kept: event.content })
      : fired('add', { ...state, count: state.count + 1 }, apply(1 as const, event.id), takeSnapshot(state.count + 1)),
  durable: ({ kept }) => kept,
  recover: (_self, kept) =>
    kept === null ? fired('restart', { count: 0, kept }) : fired('restart', { count: kept, kept }, restore(kept))
}

const counting = (crashes: number, protocol: Protocol<Counter> = counter): Model<Counter> =>
  model<Counter>({
    name: 'counting',
    protocol,
    nodes: { a: null },
    network: asynchronous(),
    faults: { crashes },
    requests: [{ name: 'add', request: 'add', times: 2 }],
    machine: { initial: 0, apply: (sum: number, one) => ({ content: sum + one, response: sum + one }) },
    properties: [
      always('the-machine-counts', ({ nodes }) => nodes.every((node) => !node.up || node.machine === node.state.count)),
      reachable('all-is-kept', ({ nodes }) => nodes.some(({ durable }) => durable === 2))
    ],
    mayStop: true
  })

const checked = async (subject: Model<Counter>): Promise<Report> => {
  const report = await check(subject, { reduce: [] })
  if (either.isLeft(report)) throw new Error(report.left.what)
  return report.right
}

const validated = (subject: Model<Counter>) => {
  const valid = validate(subject)
  if (either.isLeft(valid)) throw new Error(valid.left.what)
  return valid.right
}

describe('a snapshot', () => {
  // By hand: nothing counted; 1 counted, its snapshot under way or kept; 2 counted, theirs under way with or without the
  // first one kept, or kept.
  test('is under way until it comes, at any moment, and is replaced by the next', async () => {
    expect(await checked(counting(0))).toMatchObject({ verdict: 'holds', states: 6, transitions: 6, depth: 3 })
  })

  test('is lost in a crash unless it was kept; what is kept is restored', async () => {
    const report = await checked(counting(2))
    const naive = checkNaively(validated(counting(2)) as never)
    expect(report).toMatchObject({ verdict: 'holds', complete: true })
    expect([report.states, report.transitions]).toEqual([naive?.states, naive?.transitions])
  })

  test('holds what the machine was when it was asked for, in the order of the effects', async () => {
    const early: Protocol<Counter> = {
      ...counter,
      step: (self, state, event) => {
        const step = counter.step(self, state, event)
        return { ...step, effects: step.effects.toReversed() }
      }
    }
    expect(await checked(counting(0, early))).toMatchObject({ verdict: 'unreachable', property: 'all-is-kept' })
  })
})

describe('the run to a state with a snapshot', () => {
  const forgetful: Protocol<Counter> = {
    ...counter,
    recover: (_self, kept) => stay('restart', { count: kept ?? 0, kept })
  }
  const run = async () => (await checked(counting(1, forgetful))).trace

  test('is told', async () => {
    const trace = await run()
    expect(trace === null ? '' : renderText(trace)).toBe(`a start [start]
    count=0 kept=null machine=0
client->a add (add#1) [add]
    a  count: 0 → 1; machine: 0 → 1; applies 1; replies 1 to add#1; asks for a snapshot at 1
a snapshot index=1 content=1 [keep]
    a  kept: null → 1
a crash
    a  keeps 1
a restart [restart]
    a  machine: 1 → 0
violates the-machine-counts
`)
    expect(trace === null ? '' : renderDiagram(trace)).toContain('snapshot at 1')
    expect(trace === null ? '' : renderMermaid(trace)).toContain('snapshot at 1 [keep]')
  })

  test('is written, read and replayed', async () => {
    const trace = await run()
    if (trace === null) throw new Error('there is no trace')
    const read = decodeTrace(encodeTrace(trace))
    expect(read).toEqual(either.right(trace))
    expect(replay(validated(counting(1, forgetful)) as never, trace)).toEqual(either.right({ trace, stillShows: true }))
  })

  test('does not replay where no snapshot was asked for', async () => {
    const trace = await run()
    const [asked, ...rest] = trace?.steps ?? []
    if (trace === null || asked?.after?.up !== true) throw new Error('there is no trace')
    const never: Protocol<Counter> = {
      ...forgetful,
      step: (self, state, event) => {
        const step = counter.step(self, state, event)
        return { ...step, effects: step.effects.slice(0, 1) }
      }
    }
    const { snapshot: _gone, ...after } = asked.after as typeof asked.after & { readonly snapshot: unknown }
    const steps = [{ ...asked, effects: asked.effects.slice(0, 2), after }, ...rest]
    expect(replay(validated(counting(1, never)) as never, { ...trace, steps })).toMatchObject({
      left: { code: 'Q404', what: 'step 2 cannot happen: no such snapshot at 1 was asked for at a' }
    })
  })
})

describe('what is no snapshot is a problem', () => {
  const asking = (...effects: ReadonlyArray<unknown>): Protocol<Counter> => ({
    ...counter,
    step: (_self, state) => ({ rule: 'add', state, effects: effects as never })
  })

  test.each<[string, Protocol<Counter>, string, string]>([
    ['an index', asking(takeSnapshot(-1)), 'Q204', '-1 is not an index'],
    ['a content to restore', asking(restore('x')), 'Q208', 'the content "x" does not fit codec a whole number >= 0'],
    [
      'a content of the machine',
      { ...counter, codecs: { ...counter.codecs, content: t.literal(7) as t.Type<number, unknown> } },
      'Q208',
      'the content 1 does not fit codec 7'
    ]
  ])('%s', async (_what, protocol, code, what) =>
    expect(await check(counting(0, protocol))).toMatchObject({ left: { code, what } })
  )
})
