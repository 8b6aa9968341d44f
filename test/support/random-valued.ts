/**
 * Random small protocols whose clients ask for values, and that treat values alike, and most nodes: what may be exchanged is drawn, too. The
 * node in the middle, by name, may be unlike the others.
 */
import * as t from 'io-ts'
import fc from 'fast-check'
import {
  always,
  broadcast,
  closed,
  fired,
  history,
  including,
  Natural,
  NodeSet,
  reachable,
  reply,
  send,
  startTimer,
  stay,
  step,
  type Effect,
  type Protocol,
  type Signature,
  type Step
} from '../../spec/kernel/index.ts'
import { model, type Model, type ModelRequest } from '../../src/model/index.ts'
import { draw, networks } from './random-protocol.ts'

const Value = t.union([t.string, t.null])
const State = closed('State', { level: Natural, held: Value, list: t.readonlyArray(t.string), heard: NodeSet })

export type Valued = Signature<{
  config: { readonly kind: number }
  state: t.TypeOf<typeof State>
  durable: { readonly held: string | null }
  message: { readonly type: number; readonly value: string | null }
  timer: 'go'
  request: { readonly ask: string }
  response: { readonly was: string | null }
  rule: 'begin' | 'again' | 'go' | 'ask' | 'hear' | 'stay'
}>

const valued = (seed: number): Protocol<Valued> => ({
  name: 'valued',
  wireVersion: 1,
  codecs: {
    message: closed('Message', { type: Natural, value: Value }),
    durable: closed('Durable', { held: Value }),
    request: closed('Request', { ask: t.string }),
    response: closed('Response', { was: Value })
  },
  rules: ['begin', 'again', 'go', 'ask', 'hear', 'stay'],
  timers: ['go'],
  initial: () => fired('begin', { level: 0, held: null, list: [], heard: [] }, startTimer('go')),
  recover: (_self, { held }) => fired('again', { level: 0, held, list: [], heard: [] }, startTimer('go')),
  durable: ({ held }) => ({ held }),
  step: (self, state, event): Step<Valued> => {
    const value = event.type === 'deliver' ? event.message.value : event.type === 'request' ? event.request.ask : null
    const known = value === null ? 'none' : value === state.held ? 'held' : state.list.includes(value) ? 'old' : 'new'
    const what = `${event.type === 'deliver' ? event.message.type : event.type} ${known}`
    const pick = (name: string, below: number) => {
      const place = `${self.config.kind} ${state.level} ${state.list.length} ${state.heard.length} ${what} ${name}`
      return draw(seed, place, below)
    }
    if (pick('idle', 4) === 0) return stay('stay', state)
    const level = Math.min(1, state.level + pick('up', 2))
    const isTaken = value !== null && pick('take', 2) === 0
    const held = isTaken ? value : state.held
    const list = isTaken && !state.list.includes(value) ? [...state.list, value] : state.list
    const heard = event.type === 'deliver' && pick('hear', 2) === 0 ? including(state.heard, event.from) : state.heard
    const isNews = level > state.level || list !== state.list
    const message = { type: pick('message', 2), value: pick('send', 2) === 0 ? held : value }
    const effects: Effect<Valued>[] = [
      ...(isNews && pick('broadcast', 2) === 0 ? broadcast(self, message) : []),
      ...(isNews && event.type === 'deliver' && pick('back', 2) === 0 ? [send(event.from, message)] : []),
      ...(event.type === 'request' ? [reply(event.id, { was: held })] : [])
    ]
    const rule = event.type === 'deliver' ? 'hear' : event.type === 'request' ? 'ask' : 'go'
    return { rule, state: { level, held, list, heard }, effects }
  }
})

interface Told {
  /** Sorted by id. */
  readonly asked: ReadonlyArray<{ readonly id: string; readonly node: string }>
  readonly last: string | null
  readonly changes: number
}

const byId = (one: { readonly id: string }, other: { readonly id: string }): number => (one.id < other.id ? -1 : 1)

/** Who has asked, and how often the answers changed. */
const answers = (most: number) =>
  history<Valued, Told>('steady', {
    initial: { asked: [], last: null, changes: 0 },
    next: (told, record) =>
      record.type === 'invoke'
        ? { ...told, asked: [...told.asked, { id: record.id, node: record.node }].toSorted(byId) }
        : {
            ...told,
            last: record.response.was,
            changes: told.changes + (record.response.was === told.last ? 0 : 1)
          },
    holds: ({ changes }) => changes <= most,
    arrange: (told) => ({ ...told, asked: told.asked.toSorted(byId) })
  })

/** A model, and pairs of names that are exchanged together: nodes, values and requests. */
export interface Exchangeable {
  readonly subject: Model<Valued>
  readonly exchanges: ReadonlyArray<ReadonlyArray<readonly [string, string]>>
}

type Symmetric = NonNullable<Model<Valued>['symmetric']>
type Drawn = Exchangeable['exchanges']

/** What is asked where, and what may be exchanged therefore. */
const arrangements: ReadonlyArray<{
  readonly requests: ReadonlyArray<ModelRequest<Valued>>
  readonly symmetric: Symmetric
  readonly exchanges: Drawn
}> = [
  {
    requests: [
      { name: 'ask-u', request: { ask: 'u' } },
      { name: 'ask-v', request: { ask: 'v' } }
    ],
    symmetric: [
      ['b', 'z'],
      ['u', 'v']
    ],
    exchanges: [
      [['b', 'z']],
      [
        ['u', 'v'],
        ['ask-u', 'ask-v']
      ]
    ]
  },
  {
    requests: [
      { name: 'first', request: { ask: 'v' }, at: ['z'] },
      { name: 'second', request: { ask: 'u' }, at: ['b'] }
    ],
    symmetric: [
      [
        ['b', 'u'],
        ['z', 'v']
      ]
    ],
    exchanges: [
      [
        ['b', 'z'],
        ['u', 'v'],
        ['first', 'second']
      ]
    ]
  },
  {
    requests: [
      { name: 'here', request: { ask: 'u' }, at: ['b'], times: 2 },
      { name: 'there', request: { ask: 'u' }, at: ['z'], times: 2 }
    ],
    symmetric: [['z', 'b']],
    exchanges: [
      [
        ['b', 'z'],
        ['here#1', 'there#1'],
        ['here#2', 'there#2']
      ]
    ]
  },
  {
    requests: ['u', 'v', 'w'].map((ask) => ({ name: ask, request: { ask }, at: ['m'] })),
    symmetric: [['u', 'v', 'w']],
    exchanges: [[['u', 'v']], [['v', 'w']]]
  }
]

/** Models of such protocols, judged or not. */
export const valuedModels = (judged: boolean): fc.Arbitrary<Exchangeable> =>
  fc
    .record({
      seed: fc.integer(),
      arrangement: fc.constantFrom(...arrangements),
      network: networks,
      isAlike: fc.boolean(),
      crashes: fc.integer({ min: 0, max: 1 })
    })
    .map(({ seed, arrangement: { requests, symmetric, exchanges }, network, isAlike, crashes }) => {
      const pick = (name: string, below: number) => draw(seed, name, below)
      const subject = model<Valued>({
        name: 'valued',
        protocol: valued(seed),
        nodes: { b: { kind: 0 }, m: { kind: isAlike ? 0 : 1 }, z: { kind: 0 } },
        network: network.kind === 'fifo' ? { ...network, kind: 'unordered' } : network,
        faults: { crashes: network.kind === 'asynchronous' ? crashes : 0 },
        requests,
        symmetric,
        properties: judged
          ? [
              always(
                'few-hold',
                ({ nodes }) => nodes.filter((node) => node.durable.held !== null).length <= pick('a', 4)
              ),
              step('short', ({ after }) => !after.up || after.state.list.length <= pick('b', 3)),
              reachable('all-hold-one', ({ nodes }) =>
                nodes.every(({ durable }) => durable.held === nodes[0]?.durable.held)
              ),
              answers(pick('c', 3))
            ]
          : pick('history', 2) === 0
            ? [answers(4)]
            : [],
        mayStop: true
      })
      return { subject, exchanges }
    })
