/**
 * Random small protocols, as tables drawn from a seed, under random networks and faults: what the engine and the
 * textbook checker are compared on.
 */
import * as t from 'io-ts'
import fc from 'fast-check'
import {
  always,
  apply,
  closed,
  history,
  Natural,
  note,
  reachable,
  reply,
  restore,
  send,
  startTimer,
  step,
  stopTimer,
  takeSnapshot,
  type Effect,
  type Event,
  type Property,
  type Protocol,
  type Signature,
  type Step
} from '../../spec/kernel/index.ts'
import { canonical } from '../../src/model/data.ts'
import { asynchronous, fifo, model, unordered, type Machine, type Model, type Timing } from '../../src/model/index.ts'

const { imul } = Math

const State = closed('State', { seen: Natural, kept: Natural })
type State = t.TypeOf<typeof State>

export type Table = Signature<{
  config: number
  state: State
  durable: { readonly kept: number }
  message: { readonly type: number }
  timer: 't0' | 't1'
  request: number
  response: number
  entry: number
  content: number
  fact: number
  rule: 'go' | 'stay' | 'begin' | 'again'
}>

/** A number below `below`, drawn from the seed and the place. */
export const draw = (seed: number, place: string, below: number): number => {
  const mixed = [...place].reduce((hash, letter) => imul(hash ^ letter.charCodeAt(0), 0x01000193), seed ^ 0x811c9dc5)
  const spread = imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d)
  return ((spread ^ (spread >>> 13)) >>> 0) % below
}

export interface Shape {
  readonly seed: number
  readonly nodes: number
  readonly states: number
  readonly messages: number
  /** Of ten events, how many are ignored. */
  readonly idle: number
}

/** What a step asks of the machine: entries before and after a snapshot is taken, and another content in its place. */
const machineEffects = (shape: Shape, place: string): ReadonlyArray<Effect<Table>> =>
  Array.from({ length: 3 }, (_, k) => draw(shape.seed, `${place} machine ${k}`, 8)).flatMap(
    (kind, k): ReadonlyArray<Effect<Table>> =>
      kind === 0 ? [apply(1)] : kind === 1 ? [takeSnapshot(k)] : kind === 2 ? [restore(2)] : []
  )

/** Counts what it is given, and begins again at 3. */
const counting: Machine<Table> = {
  initial: 0,
  apply: (content: number, entry) => ({ content: (content + entry) % 3, response: content })
}

const effectsOf = (shape: Shape, place: string, from: number, to: number, nodes: ReadonlyArray<string>) => {
  const pick = (what: string, below: number) => draw(shape.seed, `${place} ${what}`, below)
  // A message is only sent on the way up, so that no run sends for ever on networks that keep count.
  const sends = to > from ? pick('sends', 3) : 0
  const list: Effect<Table>[] = Array.from({ length: sends }, (_, k) =>
    send(nodes[pick(`to ${k}`, nodes.length)] ?? '', { type: pick(`message ${k}`, shape.messages) })
  )
  const timers: Effect<Table>[] = to > from && pick('timer', 3) === 0 ? [startTimer('t0')] : []
  const stops: Effect<Table>[] = pick('stop', 4) === 0 ? [stopTimer('t0')] : []
  const facts: Effect<Table>[] = pick('note', 8) === 0 ? [note(1)] : []
  return [...list.slice(0, 1), ...stops, ...timers, ...list.slice(1), ...facts, ...machineEffects(shape, place)]
}

export const tableProtocol = (shape: Shape): Protocol<Table> => {
  const begin = (rule: 'begin' | 'again', place: string, kept: number, nodes: ReadonlyArray<string>): Step<Table> => ({
    rule,
    state: { seen: kept, kept },
    effects: [startTimer('t1'), ...effectsOf(shape, place, -1, 0, nodes).filter(({ type }) => type === 'send')]
  })
  return {
    name: 'table',
    wireVersion: 1,
    codecs: {
      message: closed('Message', { type: Natural }),
      durable: closed('Durable', { kept: Natural }),
      request: Natural,
      response: Natural,
      entry: Natural,
      content: Natural
    },
    rules: ['go', 'stay', 'begin', 'again'],
    timers: ['t0', 't1'],
    initial: ({ id, nodes }) => begin('begin', `start ${id}`, 0, nodes),
    recover: ({ id, nodes }, { kept }) => begin('again', `recover ${id} ${kept}`, kept, nodes),
    durable: ({ kept }) => ({ kept }),
    step: ({ id, nodes }, state, event: Event<Table>) => {
      const place = `${id} ${state.seen} ${state.kept} ${canonical(event)}`
      if (draw(shape.seed, `${place} idle`, 10) < shape.idle) return { rule: 'stay', state, effects: [] }
      const seen = draw(shape.seed, place, shape.states)
      const kept = draw(shape.seed, `${place} keep`, 3) === 0 ? Math.max(seen, state.kept) : state.kept
      const answer: Effect<Table>[] = event.type === 'request' ? [reply(event.id, seen)] : []
      return {
        rule: 'go',
        state: { seen, kept },
        effects: [...answer, ...effectsOf(shape, place, state.seen, seen, nodes)]
      }
    }
  }
}

const shapes: fc.Arbitrary<Shape> = fc.record({
  seed: fc.integer(),
  nodes: fc.integer({ min: 1, max: 3 }),
  states: fc.integer({ min: 2, max: 3 }),
  messages: fc.integer({ min: 1, max: 2 }),
  idle: fc.integer({ min: 2, max: 7 })
})

const linkBudgets = fc.record({ lose: fc.integer({ min: 0, max: 1 }), duplicate: fc.integer({ min: 0, max: 1 }) })

export const networks = fc.oneof(fc.constant(asynchronous()), linkBudgets.map(unordered), linkBudgets.map(fifo))

export const faults = fc.record({
  crashes: fc.integer({ min: 0, max: 1 }),
  crashesForGood: fc.integer({ min: 0, max: 1 }),
  partitions: fc.record({
    times: fc.integer({ min: 0, max: 1 }),
    cuts: fc.constantFrom('symmetric' as const, 'one-way' as const),
    heal: fc.boolean()
  })
})

/** Properties of every kind, by seed. */
const propertiesOf = (shape: Shape, readsNetwork: boolean): ReadonlyArray<Property<Table>> => {
  const pick = (what: string, below: number) => draw(shape.seed, what, below)
  const seenBy = (node: { readonly up: boolean } | undefined) =>
    node !== undefined && 'state' in node ? (node.state as State).seen : -1
  return [
    always('not-both', ({ nodes }) => !(seenBy(nodes[0]) === pick('a', 5) && seenBy(nodes.at(-1)) === pick('b', 5))),
    step(
      'no-such-step',
      ({ before, after, effects }) =>
        !(seenBy(before) === pick('c', 6) && seenBy(after) === pick('d', 6) && effects.length > pick('e', 3))
    ),
    reachable('somewhere', ({ nodes }) => nodes.some((node) => seenBy(node) === pick('f', 4))),
    history<Table, ReadonlyArray<number>>('not-these-replies', {
      initial: [],
      next: (replies, record) => (record.type === 'reply' ? [...replies, record.response].slice(-2) : replies),
      holds: (replies) => !(replies[0] === pick('h', 4) && replies.at(-1) === pick('i', 4))
    }),
    ...(readsNetwork ? [always<Table>('few-letters', ({ network }) => network.length <= 2 + pick('g', 4))] : [])
  ]
}

/** An assumption about time, by seed: no timer fires where the table says so. It reads what it needs and no more. */
const timingOf = (shape: Shape, reads: 'nodes' | 'partition' | 'network'): Timing<Table> => ({
  assumes: `the table of the ${reads}`,
  mayFire: (moment, node, timer) => {
    const own = `${timer} ${node.id} ${node.state.seen}`
    if (draw(shape.seed, own, 3) === 0) return true
    const other = moment.nodes[draw(shape.seed, `${own} other`, moment.nodes.length)]
    const seen = other?.up === true ? `${other.state.kept}` : 'down'
    const severed = reads === 'partition' ? moment.severed.map((link) => link.join(' ')).join() : ''
    const letters = reads === 'network' ? moment.network.filter(({ to }) => to === node.id).length : 0
    return draw(shape.seed, `${own} ${seen} ${severed} ${letters}`, 2) === 0
  }
})

const timings = (readsNetwork: boolean) =>
  fc.constantFrom('nodes' as const, 'partition' as const, ...(readsNetwork ? (['network'] as const) : []))

/** Models of random protocols; with `judged`, properties too, else a search of the whole space. */
export const randomModels = (judged: boolean, readsNetwork = false): fc.Arbitrary<Model<Table>> =>
  fc
    .record({
      shape: shapes,
      network: networks,
      faults,
      times: fc.integer({ min: 0, max: 2 }),
      depth: fc.option(fc.integer({ min: 0, max: 12 }), { nil: undefined, freq: 4 }),
      node: fc.option(fc.integer({ min: 0, max: 2 }), { nil: undefined, freq: 4 }),
      mayStop: fc.boolean(),
      timing: fc.option(timings(readsNetwork))
    })
    .map(({ shape, network, faults: drawn, times, depth, node, mayStop, timing }) =>
      model<Table>({
        name: 'random',
        protocol: tableProtocol(shape),
        machine: counting,
        nodes: Object.fromEntries(Array.from({ length: shape.nodes }, (_, k) => [`n${k + 1}`, k])),
        network,
        faults: { ...drawn, partitions: { ...drawn.partitions, times: shape.nodes > 1 ? drawn.partitions.times : 0 } },
        ...(timing === null ? {} : { timing: timingOf(shape, timing) }),
        requests: times === 0 ? [] : [{ name: 'ask', request: 0, times }],
        bounds: {
          ...(depth === undefined ? {} : { depth }),
          ...(node === undefined ? {} : { node: (view) => !view.up || view.state.seen <= node })
        },
        properties: judged ? propertiesOf(shape, readsNetwork) : [],
        ...(judged && !mayStop ? {} : { mayStop: true })
      })
    )
