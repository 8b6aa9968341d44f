/** Assumptions about time: which timers may fire, what is said of it, and what is wrong with one. */
import * as t from 'io-ts'
import { describe, expect, test } from '@jest/globals'
import { either } from 'fp-ts'
import fc from 'fast-check'
import {
  always,
  closed,
  fired,
  reachable,
  sendAll,
  others,
  startTimer,
  stay,
  type Protocol,
  type Signature
} from '../spec/kernel/index.ts'
import { check, type CheckOptions } from '../src/checker/index.ts'
import { checkNaively } from '../src/checker/naive.ts'
import {
  asynchronous,
  between,
  fifo,
  model,
  sameNodes,
  type Model,
  type Problem,
  type Timing
} from '../src/model/index.ts'
import { record } from '../src/trace/record.ts'
import { randomModels, type Table } from './support/random-protocol.ts'
import { leftOf, validated } from './support/runs.ts'
import { reportOf } from './support/twins.ts'

/** A clock that ticks on its own, tells the others once, and remembers whether it was told. */
type Clock = Signature<{
  state: { readonly time: number; readonly isTold: boolean }
  message: { readonly type: 'time' }
  timer: 'tick' | 'tell'
  rule: 'start' | 'tick' | 'tell' | 'hear' | 'ignore'
}>

const clock: Protocol<Clock> = {
  name: 'clock',
  wireVersion: 1,
  codecs: { message: closed('Time', { type: t.literal('time') }), durable: t.null },
  rules: ['start', 'tick', 'tell', 'hear', 'ignore'],
  timers: ['tick', 'tell'],
  initial: () => fired('start', { time: 0, isTold: false }, startTimer('tick'), startTimer('tell')),
  step: (self, state, event) => {
    if (event.type === 'timeout')
      return event.timer === 'tick'
        ? fired('tick', { ...state, time: state.time + 1 }, startTimer('tick'))
        : fired('tell', state, sendAll(others(self), { type: 'time' }))
    return state.isTold ? stay('ignore', state) : fired('hear', { ...state, isTold: true })
  },
  durable: () => null,
  recover: () => fired('start', { time: 0, isTold: false }, startTimer('tick'))
}

const clocks = (timing: Timing<Clock> | undefined, more: Partial<Model<Clock>> = {}): Model<Clock> =>
  model<Clock>({
    name: 'clocks',
    protocol: clock,
    nodes: sameNodes('n', 2, null),
    network: asynchronous(),
    bounds: { node: (node) => node.up && node.state.time < 3 },
    properties: [],
    mayStop: true,
    ...(timing === undefined ? {} : { timing }),
    ...more
  })

const timeOf = (node: { readonly up: boolean }): number => ('state' in node ? (node.state as { time: number }).time : 0)

/** No clock is two ticks ahead of another, and nobody tells anything. */
const drifting: Timing<Clock> = {
  assumes: 'no clock is two ticks ahead',
  mayFire: ({ nodes }, { state }, timer) => timer === 'tick' && nodes.every((other) => state.time <= timeOf(other))
}

const inStep = always<Clock>('in-step', ({ nodes }) => Math.abs(timeOf(nodes[0]!) - timeOf(nodes[1]!)) <= 1)

const problemOf = async (subject: Model<any>, options: CheckOptions = {}): Promise<Problem> =>
  leftOf(await check(subject, options))

describe('a timer fires only when the assumption lets it', () => {
  test('two clocks that are never two ticks apart have 3 n + 1 states up to tick n, and two more outside the bound', async () => {
    const bound = await reportOf(clocks(drifting, { properties: [inStep] }))
    expect([bound.verdict, bound.states, bound.outside]).toEqual(['holds', 3 * 2 + 1 + 2, 2])
    const free = clocks({ ...drifting, mayFire: (_moment, _node, timer) => timer === 'tick' }, { properties: [inStep] })
    expect((await reportOf(free)).verdict).toBe('violated')
  })

  test('a rule that no timer may set off never fires', async () => {
    const { rules } = await reportOf(clocks(drifting))
    expect(rules).toEqual({ fired: ['start', 'tick'], never: ['tell', 'hear', 'ignore'] })
  })

  test('a partition is seen as the links that it cuts', async () => {
    const cutOff: Timing<Clock> = {
      assumes: 'time passes for who is not heard',
      mayFire: ({ severed }, { id }, timer) => timer === 'tick' && severed.some(([from]) => from === id)
    }
    const subject = clocks(cutOff, {
      faults: { partitions: { times: 1, cuts: [{ name: 'n1 -x-> n2', links: [['n1', 'n2']] }], heal: false } },
      properties: [always('n2-stands-still', ({ nodes }) => timeOf(nodes[1]!) === 0)]
    })
    const report = await reportOf(subject)
    // Before the partition and in it, at ticks 0 to 3.
    expect([report.verdict, report.states, report.depth]).toEqual(['holds', 5, 4])
    expect((await reportOf({ ...subject, faults: {} })).states).toBe(1)
  })

  test('one that reads the network is asked in every state, and no message is dropped', async () => {
    const once: Timing<Clock> = {
      assumes: 'a message arrives before anything else',
      mayFire: ({ network }, { state }, timer) => network.length === 0 && (timer === 'tell' || state.isTold)
    }
    const subject = clocks(once, {
      network: fifo(),
      bounds: { node: (node) => node.up && node.state.time < 1 },
      properties: [reachable('all-told', ({ nodes }) => nodes.every((node) => node.up && node.state.isTold))]
    })
    const report = await reportOf(subject)
    const naive = checkNaively(validated(subject))
    expect(report.reductions).toEqual([])
    expect([report.verdict, report.states, report.transitions]).toEqual(['holds', naive?.states, naive?.transitions])
  })

  test('it is part of what the report says', async () => {
    expect((await reportOf(clocks(drifting))).assumption).toBe('no clock is two ticks ahead')
    expect((await reportOf(clocks(undefined))).assumption).toBeNull()
  })
})

describe('on random protocols with assumptions', () => {
  test('the engine, unreduced, explores what the textbook checker does', () =>
    fc.assert(
      fc.asyncProperty(
        randomModels(false, true).filter(({ timing }) => timing !== undefined),
        async (subject: Model<Table>) => {
          const naive = checkNaively(validated(subject), 600)
          fc.pre(naive !== null)
          const report = await reportOf(subject, { reduce: [] })
          expect([
            report.states,
            report.transitions,
            report.depth,
            report.outside,
            report.rules.fired.toSorted()
          ]).toEqual([
            naive?.states,
            naive?.transitions,
            naive?.depth,
            naive?.outside,
            [...(naive?.rules ?? [])].toSorted()
          ])
        }
      ),
      { numRuns: Number(process.env['TWIN_RUNS'] ?? 150) }
    ))
})

describe('a trace', () => {
  const tick = { type: 'timeout', node: 'n1', timer: 'tick', crash: null } as const
  const shows = { shows: 'run', property: null, origin: null } as const

  test('says which assumption keeps a timer from firing', () => {
    const refused = record(validated(clocks(drifting)), [tick, tick], shows)
    expect(either.isLeft(refused) ? [refused.left.code, refused.left.what] : []).toEqual([
      'Q404',
      'step 2 cannot happen: the model assumes "no clock is two ticks ahead", so timer tick of n1 cannot fire now'
    ])
  })

  test('that was found under an assumption replays under it', async () => {
    const subject = clocks(drifting, {
      properties: [always('early', ({ nodes }) => nodes.every((node) => timeOf(node) < 2))]
    })
    const { trace } = await reportOf(subject)
    expect(trace?.steps.map(({ action }) => ('node' in action ? action.node : ''))).toEqual(['n1', 'n2', 'n1'])
  })
})

describe('what is wrong with an assumption is a problem', () => {
  test.each<[string, unknown]>([
    ['`timing` is not a record', 'fast'],
    ['`mayFire` is not a function', { assumes: 'something' }],
    ['`assumes` does not say what is assumed', { assumes: ' ', mayFire: () => true }]
  ])('%s', async (what, timing) => {
    const found = await problemOf(clocks(timing as Timing<Clock>))
    expect([found.code, found.what, found.where]).toEqual(['Q107', what, ['model clocks', 'timing']])
  })

  test.each<[string, Timing<Clock>['mayFire']]>([
    [
      '`mayFire` threw: no idea',
      () => {
        throw new Error('no idea')
      }
    ],
    ['`mayFire` answered "yes" instead of true or false', () => 'yes' as unknown as boolean]
  ])('%s', async (what, mayFire) => {
    const found = await problemOf(clocks({ assumes: 'something', mayFire }))
    expect([found.code, found.what]).toEqual(['Q210', what])
  })

  test('one that knows a node by name is not symmetric', async () => {
    const partial: Timing<Clock> = { assumes: 'n1 is slow', mayFire: (_moment, { id }) => id !== 'n1' }
    const found = await problemOf(clocks(partial, { symmetric: [['n1', 'n2']] }), { reduce: ['symmetry'] })
    expect([found.code, found.what, found.where]).toEqual([
      'Q110',
      'with n1 and n2 exchanged, the answer is another one',
      ['model clocks', '`mayFire`']
    ])
  })

  test('nor is one that looks at some links more than at others', async () => {
    const cuts = [
      between(['n1'], ['n2']),
      { name: 'n1 -x-> n2', links: [['n1', 'n2']] as const },
      { name: 'n2 -x-> n1', links: [['n2', 'n1']] as const }
    ]
    const partial: Timing<Clock> = {
      assumes: 'n2 is heard',
      mayFire: ({ severed }) => severed.length !== 1 || severed[0]?.[0] === 'n1'
    }
    const subject = clocks(partial, { faults: { partitions: { times: 1, cuts } }, symmetric: [['n1', 'n2']] })
    const found = await problemOf(subject, { reduce: ['symmetry'] })
    expect([found.code, found.where]).toEqual(['Q110', ['model clocks', '`mayFire`']])
  })
})
