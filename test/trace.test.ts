import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { either } from 'fp-ts'
import * as t from 'io-ts'
import {
  appendAll,
  compact,
  emptyLog,
  fired,
  Positive,
  send,
  startTimer,
  step,
  type Protocol,
  type Signature
} from '../spec/kernel/index.ts'
import { expectHold, expectReplay, expectWithstand, quorateMatchers, type QuorateMatchers } from '../src/jest/index.ts'
import type { Action } from '../src/model/action.ts'
import { between } from '../src/model/cuts.ts'
import { asynchronous, fifo, model, unordered, type Model } from '../src/model/model.ts'
import { parameter, parametric } from '../src/model/parameters.ts'
import type { Problem } from '../src/model/problem.ts'
import { changes } from '../src/trace/changes.ts'
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
import { say, sayWhole } from '../src/trace/say.ts'
import { expectGolden } from './support/golden.ts'
import { forgetful, pingPong, pingPongModel, type PingPong } from './support/ping-pong.ts'
import { actionsOf, rightOf, runOf, validated, walkOf } from './support/runs.ts'

declare module 'expect' {
  interface Matchers<R extends void | Promise<void>, T = unknown> extends QuorateMatchers<R> {}
}

const leftOf = <A>(value: either.Either<Problem, A>): Problem => {
  if (either.isRight(value)) throw new Error('a problem was expected')
  return value.left
}

// Runs that are shown --------------------------------------------------------------------------------------------------

/** Everything that can go wrong on a link that keeps order. */
const faulty = pingPongModel(
  fifo({ lose: 1, duplicate: 1 }),
  { crashes: 1, partitions: { times: 1, cuts: 'symmetric' } },
  { protocol: forgetful }
)
const faultyRun = runOf(faulty, [
  'client->a write value=x (put)',
  'partition a b | c',
  'a->b ping index=1 value=x',
  'duplicate b->a pong index=1',
  'b->a pong index=1',
  'heal',
  'lose a->c ping index=1 value=x',
  'a timeout resend',
  'a->c ping index=1 value=x !0',
  'c restart',
  'b->a pong index=1'
])

/** A violation, with replies, notes, a machine, a crash and one for good. */
const forgetting = pingPongModel(asynchronous(), { crashes: 1, crashesForGood: 1 }, { protocol: forgetful })
const violation = runOf(
  forgetting,
  [
    'client->a write value=x (put)',
    'a->b ping index=1 value=x',
    'b->a pong index=1',
    'a->c ping index=1 value=x',
    'c->a pong index=1',
    'b crash for good',
    'c crash',
    'c restart'
  ],
  { shows: 'violated', property: 'written-is-stored' }
)

/** The reply is cut off by a crash for good, on a link that one partition cuts in one direction. */
const cutReply = runOf(
  pingPongModel(
    unordered(),
    { crashesForGood: 1, partitions: { times: 1, cuts: [{ name: 'b -x-> a', links: [['b', 'a']] }] } },
    { backups: 1 }
  ),
  [
    'client->a write value=x (put)',
    'partition b -x-> a',
    'a->b ping index=1 value=x',
    'heal',
    'b->a pong index=1 !0 for good'
  ],
  { shows: 'reached', property: 'a-write-is-answered', origin: { file: 'models/cut.model.ts', parameters: { n: 1 } } }
)

/** States and messages that are no records, messages to oneself, names that need care, and a timer that is stopped. */
type Odd = Signature<{
  config: number
  state: number | ReadonlyArray<number>
  message: string
  timer: 'tick tock'
  rule: 'wake' | 'tick'
}>
const odd: Protocol<Odd> = {
  name: 'odd',
  wireVersion: 1,
  codecs: { message: t.string, durable: t.null },
  rules: ['wake', 'tick'],
  timers: ['tick tock'],
  initial: ({ config }) => fired('wake', config, startTimer('tick tock')),
  step: (self, state, event) =>
    event.type === 'timeout'
      ? fired('tick', state, send(self.id, 'to; myself %% {x}'), startTimer('tick tock'))
      : fired('wake', [0, ...[state].flat()], send('a;very-long-name', 'on')),
  durable: () => null,
  recover: ({ config }) => fired('wake', config)
}
const oddRun = runOf(
  model({
    name: 'odd',
    protocol: odd,
    nodes: { 端末: 1, 'a;very-long-name': 2 },
    network: unordered(),
    faults: { crashes: 1 },
    properties: []
  }),
  [
    '端末 timeout tick tock',
    '端末->端末 "to; myself %% {x}"',
    '端末->a;very-long-name on',
    'a;very-long-name crash',
    'a;very-long-name restart'
  ],
  { shows: 'deadlock' }
)

const shown = { faulty: faultyRun, violation, 'cut-reply': cutReply, odd: oddRun }

describe('golden renderings', () => {
  test.each(Object.entries(shown))('%s', (name, trace) => {
    expectGolden(`traces/${name}.txt`, renderText(trace))
    expectGolden(`traces/${name}.80.txt`, renderDiagram(trace))
    expectGolden(`traces/${name}.44.txt`, renderDiagram(trace, { width: 44 }))
    expectGolden(`traces/${name}.mmd`, renderMermaid(trace))
    expectGolden(`traces/${name}.json`, encodeTrace(trace))
  })

  test('the same in ASCII, in 40 columns', () => {
    expectGolden('traces/faulty.ascii.txt', renderDiagram(faultyRun, { width: 40, ascii: true }))
    expect(renderText(faultyRun, { ascii: true })).toMatch(/^[\x20-\x7e\n]*$/)
  })
})

describe('a diagram', () => {
  test.each([36, 40, 44, 61, 80, 132])('keeps within %d columns', (width) => {
    const lines = renderDiagram(violation, { width }).split('\n')
    expect(lines.filter((line) => [...line].length > width)).toEqual([])
    expect(lines[0]).toContain('client')
  })

  test('gives the text where the lifelines do not fit, and says so', () => {
    const [first, ...rest] = renderDiagram(violation, { width: 30 }).split('\n')
    expect(first).toBe('the diagram takes 34 columns, and there are 30: here is the text')
    expect(rest.join('\n')).toBe(renderText(violation, { width: 30 }))
  })

  test('has colours that change nothing but colours', () => {
    const paint = (text: string) => `\u001b[31m${text}\u001b[0m`
    // oxlint-disable-next-line no-control-regex
    const bleached = (text: string) => text.replaceAll(/\u001b\[\d+m/g, '')
    expect(renderDiagram(faultyRun, { paint })).not.toBe(renderDiagram(faultyRun))
    expect(bleached(renderDiagram(faultyRun, { paint }))).toBe(renderDiagram(faultyRun))
    expect(bleached(renderText(faultyRun, { paint }))).toBe(renderText(faultyRun))
  })
})

test('text breaks between remarks, and cuts nothing off', () => {
  const narrow = renderText(violation, { width: 40 })
  const words = (text: string) => text.split(/;?\s+/).join(' ')
  expect(words(narrow)).toBe(words(renderText(violation)))
})

describe('data in words', () => {
  test.each([
    [{ type: 'vote', term: 2, to: null }, 'vote term=2 to=null'],
    [{ is: 'leader', next: { n2: 1 } }, 'leader next={n2=1}'],
    [{ a: { kind: 'follower' }, b: {} }, 'a=follower b={}'],
    [{}, '{}'],
    ['two words', '"two words"'],
    ['true', '"true"'],
    [true, 'true'],
    ['\u001b[31m', String.raw`"\u001b[31m"`],
    ['a\u202eb', String.raw`"a\u{202e}b"`],
    [[1, 'a', { x: 1, y: [] }], '[1, a, {x=1 y=[]}]'],
    [appendAll<number>(emptyLog, [7, 8]), '[7, 8]'],
    [appendAll<number>(compact(emptyLog, 3), [7, 8]), '[from 4: 7, 8]'],
    [{ is: 'log', levels: 5 }, 'log levels=5']
  ])('%j', (value, words) => expect(sayWhole(value)).toBe(words))

  test('inside something else a record stands in braces', () => expect(say({ x: 1 })).toBe('{x=1}'))

  test('changes are the paths at which values part', () => {
    expect(changes({ a: 1, b: { c: [1], d: 2 } }, { b: { c: [1, 2], d: 2 }, e: 3 })).toEqual([
      { path: ['a'], before: 1, after: undefined },
      { path: ['b', 'c'], before: [1], after: [1, 2] },
      { path: ['e'], before: undefined, after: 3 }
    ])
  })

  test('what became another kind of thing changed as a whole, and records in lists of one length by field', () => {
    expect(changes({ is: 'follower' }, { is: 'candidate', votes: [] }).map(({ path }) => path)).toEqual([[]])
    expect(changes([{ x: 1 }, { x: 2 }], [{ x: 1 }, { x: 3 }])).toEqual([{ path: ['1', 'x'], before: 2, after: 3 }])
  })

  test('of a long list, only its end is shown', () => {
    const state = (values: ReadonlyArray<number>) => ({
      up: true as const,
      state: { log: values },
      timers: [],
      machine: null
    })
    const before = [1, 2, 3, 4, 5]
    const trace: Trace = {
      ...violation,
      start: [{ node: 'a', rule: 'start', effects: [], after: state(before) }],
      steps: [
        {
          action: { type: 'timeout', node: 'a', timer: 'x', crash: null },
          rule: 'grow',
          effects: [],
          lost: [],
          after: state([...before, 6])
        }
      ]
    }
    expect(renderText(trace)).toContain('log: […, 5] → […, 5, 6]')
  })
})

// Recording --------------------------------------------------------------------------------------------------------------

const run = { shows: 'run', property: null, origin: null } as const
const request: Action = {
  type: 'request',
  node: 'a',
  id: 'put',
  request: { type: 'write', value: 'x' },
  crash: null
}
const ping: Action = {
  type: 'deliver',
  node: 'b',
  from: 'a',
  message: { type: 'ping', index: 1, value: 'x' },
  crash: null
}
const crashC: Action = { type: 'crash', node: 'c', forGood: false }
const cutC: Action = { type: 'partition', cut: 'a b | c' }
const lossOf = (node: string): Action => ({
  type: 'lose',
  node,
  from: 'a',
  message: { type: 'ping', index: 1, value: 'x' }
})

describe('an action that cannot happen is refused with the reason', () => {
  const twice = pingPongModel(fifo({ lose: 1 }), { crashes: 1, crashing: ['c'] }, { writes: 2 })
  const parted = pingPongModel(asynchronous(), {
    partitions: { times: 1, cuts: [between(['a', 'b'], ['c'])], heal: false }
  })
  const mortal = pingPongModel(unordered(), { crashesForGood: 1 })
  const first: Action = { ...request, id: 'put#1' }
  test.each<[string, Model<any>, ReadonlyArray<Action>, string]>([
    ['not in flight', faulty, [ping], 'no such message from a to b is in flight'],
    ['node down', faulty, [request, crashC, { ...ping, node: 'c' }], 'c is down'],
    ['cut off', faulty, [request, cutC, { ...ping, node: 'c' }], 'the partition "a b | c" cuts the link from a to c'],
    [
      'behind in its queue',
      twice,
      [
        first,
        { type: 'timeout', node: 'a', timer: 'resend', crash: null },
        { ...ping, message: { type: 'ping', index: 1, value: 'y' } }
      ],
      'no such message from a to b is in flight'
    ],
    ['timer', faulty, [{ type: 'timeout', node: 'a', timer: 'resend', crash: null }], 'timer resend is not armed at a'],
    ['unknown node', faulty, [crashC, { ...ping, node: 'z' }], 'there is no node "z"'],
    ['request made', faulty, [request, request], 'request put was made already'],
    ['request in turn', twice, [{ ...request, id: 'put#2' }], 'request put#1 comes first'],
    ['request unknown', faulty, [{ ...request, id: 'get' }], 'the model has no request "get"'],
    ['request elsewhere', faulty, [{ ...request, node: 'b' }], 'request put is not made at b'],
    [
      'request other',
      faulty,
      [{ ...request, request: { type: 'write', value: 'y' } }],
      'request put is {write value=x} in the model'
    ],
    ['budget of crashes', faulty, [crashC, { ...crashC, node: 'b' }], 'the budget of crashes is spent'],
    ['no crash for good', faulty, [{ ...crashC, forGood: true }], 'the budget of crashes for good is spent'],
    ['may not crash', twice, [{ ...crashC, node: 'a' }], 'the model does not let a crash'],
    ['crash of one down', mortal, [{ ...crashC, forGood: true }, crashC], 'c is down'],
    ['restart of one up', faulty, [{ type: 'restart', node: 'c', crash: null }], 'c is up'],
    [
      'restart of one gone',
      mortal,
      [
        { ...crashC, forGood: true },
        { type: 'restart', node: 'c', crash: null }
      ],
      'c crashed for good'
    ],
    ['budget of losses', faulty, [request, lossOf('b'), lossOf('c')], 'the budget of losses is spent'],
    [
      'loss, asynchronous',
      parted,
      [request, lossOf('b')],
      'the asynchronous network loses and duplicates without a step of its own'
    ],
    ['second partition', faulty, [cutC, { type: 'partition', cut: 'a | b c' }], 'the partition "a b | c" is in force'],
    ['partitions spent', faulty, [cutC, { type: 'heal' }, cutC], 'the budget of partitions is spent'],
    ['partition unknown', faulty, [{ type: 'partition', cut: 'a | z' }], 'the model has no partition "a | z"'],
    ['nothing to heal', faulty, [{ type: 'heal' }], 'no partition is in force'],
    ['no healing', parted, [cutC, { type: 'heal' }], 'partitions of this model do not heal'],
    [
      'cut, asynchronous',
      forgetting,
      [{ ...request, crash: { kept: 0, forGood: false } }],
      'on the asynchronous network no crash cuts a step'
    ],
    [
      'cut too late',
      faulty,
      [{ ...request, crash: { kept: 2, forGood: false } }],
      '2 messages leave a in this step, so no crash cuts it after 2'
    ],
    [
      'cut of one that may not crash',
      twice,
      [{ ...first, crash: { kept: 0, forGood: false } }],
      'the model does not let a crash'
    ]
  ])('%s', (_name, subject, actions, reason) => {
    const found = leftOf(record(validated(subject), actions, run))
    expect(found.code).toBe('Q404')
    expect(found.what).toBe(`step ${actions.length} cannot happen: ${reason}`)
    expect(found.where[1]).toMatch(new RegExp(`^step ${actions.length}: `))
  })
})

describe('runs of a search that dropped dead messages', () => {
  const subject = pingPongModel(
    fifo({ lose: 1, duplicate: 1 }),
    { crashes: 1, partitions: { times: 1, cuts: 'symmetric' } },
    { backups: 1, writes: 2 }
  )
  const valid = validated(subject)
  // Two pongs for the first write, of which the second is dead when it is in flight before the pong for the second.
  const beginning = actionsOf(valid, [
    'client->a write value=x (put#1)',
    'a timeout resend',
    'a->b ping index=1 value=x',
    'a->b ping index=1 value=x',
    'b->a pong index=1',
    'client->a write value=x (put#2)',
    'a->b ping index=2 value=x'
  ])
  const pong = (index: number): Action => ({
    type: 'deliver',
    node: 'a',
    from: 'b',
    message: { type: 'pong', index },
    crash: null
  })
  const duplicated: Action = { type: 'duplicate', node: 'a', from: 'b', message: { type: 'pong', index: 2 } }
  const actionsIn = (trace: Trace) => trace.steps.map(({ action }) => action)

  test('are refused as they stand: the dead message is at the head of the queue', () => {
    expect(leftOf(record(valid, [...beginning, pong(2)], run)).what).toBe(
      'step 8 cannot happen: it is not at the head of the fifo queue from b to a, so it cannot be delivered yet'
    )
  })

  test('are filled in with the deliveries of the dead messages', () => {
    const trace = rightOf(record(valid, [...beginning, pong(2)], { ...run, fill: true }))
    expect(actionsIn(trace).slice(7)).toEqual([pong(1), pong(2)])
    expect(rightOf(replay(valid, trace)).stillShows).toBe(true)
  })

  test('have their losses and duplications behind a partition put off until it heals', () => {
    const actions: ReadonlyArray<Action> = [
      ...beginning,
      { type: 'partition', cut: 'a | b' },
      duplicated,
      { type: 'heal' },
      pong(2)
    ]
    expect(actionsIn(rightOf(record(valid, actions, { ...run, fill: true }))).slice(7)).toEqual([
      { type: 'partition', cut: 'a | b' },
      { type: 'heal' },
      pong(1),
      duplicated,
      pong(2)
    ])
  })

  test('are our bug if a message that was dropped matters', () => {
    const twoPings = actionsOf(valid, [
      'client->a write value=x (put#1)',
      'a crash',
      'a restart',
      'client->a write value=x (put#2)'
    ])
    const second: Action = { ...ping, message: { type: 'ping', index: 2, value: 'x' } }
    expect(() => record(valid, [...twoPings, second], { ...run, fill: true })).toThrow(
      'a message that was dropped as dead matters: a->b ping index=1 value=x'
    )
  })

  test('show their deadlock when the dead messages are gone', () => {
    const about = { ...run, shows: 'deadlock' } as const
    const single = validated(pingPongModel(unordered({ lose: 1 }), { crashesForGood: 1 }, { backups: 1 }))
    const actions = actionsOf(single, [
      'client->a write value=x (put)',
      'a timeout resend',
      'a->b ping index=1 value=x',
      'b->a pong index=1',
      'a->b ping index=1 value=x',
      'b crash for good'
    ])
    const unfilled = rightOf(record(single, actions, about))
    const filled = rightOf(record(single, actions, { ...about, fill: true }))
    expect(rightOf(replay(single, unfilled)).stillShows).toBe(false)
    expect(filled.steps.map(({ rule }) => rule).slice(6)).toEqual(['ignore-pong'])
    expect(rightOf(replay(single, filled)).stillShows).toBe(true)
  })
})

// Replaying --------------------------------------------------------------------------------------------------------------

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
  const throwing: Protocol<any> = {
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
