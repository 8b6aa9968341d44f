/** How traces look: golden files, diagrams in narrow places, data in words. */
import { describe, expect, test } from '@jest/globals'
import * as t from 'io-ts'
import {
  appendAll,
  compact,
  emptyLog,
  fired,
  history,
  mapOf,
  send,
  startTimer,
  type HistoryProperty,
  type Protocol,
  type Signature
} from '../spec/kernel/index.ts'
import { model, unordered, type Model } from '../src/model/model.ts'
import { changes } from '../src/trace/changes.ts'
import {
  decodeTrace,
  encodeTrace,
  renderDiagram,
  renderMermaid,
  renderText,
  replay,
  type Trace
} from '../src/trace/index.ts'
import { say, sayWhole } from '../src/trace/say.ts'
import { expectGolden } from './support/golden.ts'
import { pingPongModel, type PingPong } from './support/ping-pong.ts'
import { rightOf, runOf, validated } from './support/runs.ts'

type Explain = HistoryProperty<PingPong>['explain'] & {}
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

/** A client that was answered asks again and hears that the node is busy. */
const impatient: Model<PingPong> = {
  ...pingPongModel(unordered(), {}, { writes: 2 }),
  properties: [
    history<PingPong, ReadonlyArray<string>>('nobody-is-sent-away', {
      initial: [],
      next: (ids, record) => (record.type === 'reply' && record.response.type === 'busy' ? [...ids, record.id] : ids),
      holds: (ids) => ids.length === 0,
      explain: (seen) => {
        const sentAway = seen.findIndex((record) => record.type === 'reply' && record.response.type === 'busy')
        return `sent away:\n\n  \u001b[31m${seen[sentAway]?.id ?? ''} (record ${sentAway + 1})`
      }
    })
  ]
}
const sentAway = runOf(impatient, ['client->a write value=x (put#1)', 'client->a write value=x (put#2)'], {
  shows: 'violated',
  property: 'nobody-is-sent-away'
})

const shown = { 'sent-away': sentAway, faulty: faultyRun, violation, 'cut-reply': cutReply, odd: oddRun }

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

describe('why what clients saw is wrong', () => {
  test('is kept in the text of a trace, which older ones do not have', () => {
    expect(rightOf(decodeTrace(encodeTrace(sentAway)))).toEqual(sentAway)
    expect(sentAway.explanation).toHaveLength(3)
    const { explanation: _explanation, ...older } = sentAway
    const read = rightOf(decodeTrace(JSON.stringify(older)))
    expect(read).toEqual({ ...older, explanation: null })
    expect(renderText(read)).toMatch(/violates nobody-is-sent-away\n$/)
  })

  test('is not what a replay compares', () => {
    const other = { ...sentAway, explanation: ['something else'] }
    expect(rightOf(replay(validated(impatient), other)).stillShows).toBe(true)
  })

  test.each<[string, Explain | undefined, ReadonlyArray<string>]>([
    ['no words', undefined, []],
    ['nothing to say', () => null, []],
    [
      'words that fail',
      () => {
        throw new Error('no such record')
      },
      ['the explanation failed: no such record']
    ]
  ])('%s: the history is shown all the same', (_name, explain, lines) => {
    const [property] = impatient.properties as ReadonlyArray<HistoryProperty<PingPong>>
    const { explain: _explain, ...silent } = property!
    const spoken = { ...impatient, properties: [explain === undefined ? silent : { ...silent, explain }] }
    const words = ['client->a write value=x (put#1)', 'client->a write value=x (put#2)']
    const trace = runOf(spoken, words, { shows: 'violated', property: 'nobody-is-sent-away' })
    expect(trace.explanation).toEqual(lines)
    expect(renderText(trace)).toContain('      3  put#2 hears: busy\n')
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
    [{ is: 'log', levels: 5 }, 'log levels=5'],
    [mapOf(['b', 'a', 'type'].map((key, index) => [key, index] as const)), 'a=1 b=0 type=2'],
    [{ kept: mapOf<number>([]) }, 'kept={}'],
    [{ height: 1, keys: ['a'], values: [1], children: [5, null] }, 'children=[5, null] height=1 keys=[a] values=[1]']
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

  test('of maps, the keys are compared, however the maps are built', () => {
    const numbers = Array.from({ length: 100 }, (_, index) => [`key-${index}`, { value: index }] as const)
    const named = (name: string) => [name, { value: 1 }] as const
    const before = mapOf([...numbers, named('constructor')])
    const after = mapOf([...numbers.with(7, ['key-7', { value: 8 }]), named('new')])
    expect(changes({ before }, { before: after })).toEqual([
      { path: ['before', 'constructor'], before: { value: 1 }, after: undefined },
      { path: ['before', 'key-7', 'value'], before: 7, after: 8 },
      { path: ['before', 'new'], before: undefined, after: { value: 1 } }
    ])
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
