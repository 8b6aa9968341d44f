/** Random small protocols whose nodes are all alike: no step depends on a name, or on the order of names. */
import * as t from 'io-ts'
import fc from 'fast-check'
import {
  always,
  broadcast,
  closed,
  fired,
  history,
  including,
  living,
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
import { model, sameNodes, type Model, type Timing } from '../../src/model/index.ts'
import { draw, faults, networks } from './random-protocol.ts'

const State = closed('State', { level: Natural, kept: Natural, heard: NodeSet })

export type Alike = Signature<{
  state: t.TypeOf<typeof State>
  durable: { readonly kept: number }
  message: { readonly type: number }
  timer: 'go'
  request: number
  response: number
  rule: 'begin' | 'again' | 'go' | 'ask' | 'hear' | 'stay'
}>

const alike = (seed: number, levels: number): Protocol<Alike> => ({
  name: 'alike',
  wireVersion: 1,
  codecs: {
    message: closed('Message', { type: Natural }),
    durable: closed('Durable', { kept: Natural }),
    request: Natural,
    response: Natural
  },
  rules: ['begin', 'again', 'go', 'ask', 'hear', 'stay'],
  timers: ['go'],
  initial: () => fired('begin', { level: 0, kept: 0, heard: [] }, startTimer('go')),
  recover: (_self, { kept }) => fired('again', { level: kept, kept, heard: [] }, startTimer('go')),
  durable: ({ kept }) => ({ kept }),
  step: (self, state, event): Step<Alike> => {
    const what = event.type === 'deliver' ? event.message.type : event.type
    const pick = (name: string, below: number) =>
      draw(seed, `${state.level} ${state.kept} ${state.heard.length} ${what} ${name}`, below)
    if (pick('idle', 4) === 0) return stay('stay', state)
    const level = Math.min(levels, state.level + pick('up', 2))
    const kept = pick('keep', 2) === 0 ? Math.max(state.kept, level) : state.kept
    const heard = event.type === 'deliver' && pick('hear', 2) === 0 ? including(state.heard, event.from) : state.heard
    const message = { type: pick('message', 2) }
    const isUp = level > state.level
    const effects: Effect<Alike>[] = [
      ...(isUp && pick('broadcast', 2) === 0 ? broadcast(self, message) : []),
      ...(isUp && event.type === 'deliver' && pick('back', 2) === 0 ? [send(event.from, message)] : []),
      ...(event.type === 'request' ? [reply(event.id, level)] : [])
    ]
    const rule = event.type === 'deliver' ? 'hear' : event.type === 'request' ? 'ask' : 'go'
    return { rule, state: { level, kept, heard }, effects }
  }
})

/** An assumption about time that knows no names. */
const timingOf = (seed: number): Timing<Alike> => ({
  assumes: 'the table says when',
  mayFire: ({ nodes, severed }, { id, state }) => {
    const heard = nodes.filter((other) => other.up && other.state.heard.includes(id)).length
    const cutOff = severed.filter(([, to]) => to === id).length
    return draw(seed, `${state.level} ${heard} ${cutOff} fires`, 3) > 0
  }
})

/** Models of such protocols, judged or not. No crash cuts a step: its sends leave in the order of names. */
export const symmetricModels = (judged: boolean): fc.Arbitrary<Model<Alike>> =>
  fc
    .record({
      seed: fc.integer(),
      levels: fc.integer({ min: 1, max: 2 }),
      count: fc.integer({ min: 2, max: 3 }),
      network: networks,
      faults,
      isAsked: fc.boolean(),
      isTimed: fc.boolean()
    })
    .map(({ seed, levels, count, network, faults: drawn, isAsked, isTimed }) => {
      const pick = (name: string, below: number) => draw(seed, name, below)
      const nodes = sameNodes('n', count, null)
      const cuts = network.kind === 'asynchronous' ? drawn : { partitions: drawn.partitions }
      return model<Alike>({
        name: 'alike',
        protocol: alike(seed, levels),
        nodes,
        network: network.kind === 'fifo' ? { ...network, kind: 'unordered' } : network,
        faults: cuts,
        requests: isAsked ? [{ name: 'ask', request: 0 }] : [],
        ...(isTimed ? { timing: timingOf(seed) } : {}),
        symmetric: [Object.keys(nodes)],
        properties: judged
          ? [
              always(
                'few-high',
                (view) => living(view.nodes).filter(({ state }) => state.level > 0).length <= pick('a', 4)
              ),
              step(
                'no-such-step',
                ({ before, after }) => !(before.up && after.up && after.state.heard.length > pick('b', 4))
              ),
              reachable('all-heard', (view) =>
                living(view.nodes).every(({ state }) => state.heard.length >= pick('c', 2))
              ),
              history<Alike, number>('small-replies', {
                initial: 0,
                next: (most, record) => (record.type === 'reply' ? Math.max(most, record.response) : most),
                holds: (most) => most <= pick('d', 3)
              })
            ]
          : [],
        mayStop: true
      })
    })
