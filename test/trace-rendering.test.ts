/** How traces look: golden files, diagrams in narrow places, data in words. */
import { describe, expect, test } from '@jest/globals'
import * as t from 'io-ts'
import {
  appendAll,
  compact,
  emptyLog,
  fired,
  send,
  startTimer,
  type Protocol,
  type Signature
} from '../spec/kernel/index.ts'
import { model, unordered } from '../src/model/model.ts'
import { changes } from '../src/trace/changes.ts'
import { encodeTrace, renderDiagram, renderMermaid, renderText, type Trace } from '../src/trace/index.ts'
import { say, sayWhole } from '../src/trace/say.ts'
import { expectGolden } from './support/golden.ts'
import { pingPongModel } from './support/ping-pong.ts'
import { runOf } from './support/runs.ts'
import { faultyRun, violation } from './support/shown-runs.ts'

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
