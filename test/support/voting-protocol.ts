/**
 * Small protocols of a shape in which reductions have much to do and much to get wrong: messages of several names that mostly do the same, and
 * steps that change only what no property reads, until enough have been gathered. A few exceptions make a difference in one respect each.
 */
import * as t from 'io-ts'
import {
  apply,
  closed,
  Natural,
  note,
  reply,
  restore,
  send,
  startTimer,
  stopTimer,
  takeSnapshot,
  type Effect,
  type Event,
  type Protocol,
  type Signature,
  type Step
} from '../../spec/kernel/index.ts'
import type { Machine } from '../../src/model/index.ts'
import { draw } from './random-protocol.ts'

const State = closed('State', { seen: Natural, bits: Natural, kept: Natural })
type State = t.TypeOf<typeof State>

export type Voting = Signature<{
  config: number
  state: State
  durable: Pick<State, 'kept' | 'bits'>
  message: { readonly type: number; readonly variant: number }
  timer: 't0' | 't1'
  request: number
  response: number
  entry: number
  content: number
  fact: number
  rule: 'start' | 'again' | 'ignore' | 'gather' | 'go' | 'odd'
}>

type Moved = Step<Voting>
type Said = Effect<Voting>

type Alter = (moved: Moved, before: State, nodes: ReadonlyArray<string>) => Moved

const also = (moved: Moved, ...more: ReadonlyArray<Said>): Moved => ({ ...moved, effects: [...moved.effects, ...more] })

/** A message is only sent, and a timer armed, on the way up, so that no run goes on for ever on networks that keep count. */
const upwards =
  (more: Said): Alter =>
  (moved, before) =>
    moved.state.seen > before.seen ? also(moved, more) : moved

const eachSend = (moved: Moved, change: (sent: Extract<Said, { readonly type: 'send' }>) => Said): Moved => ({
  ...moved,
  effects: moved.effects.map((effect) => (effect.type === 'send' ? change(effect) : effect))
})

const withState = (moved: Moved, change: Partial<State>): Moved => ({ ...moved, state: { ...moved.state, ...change } })

/** In what respect an exception differs from the rule. */
const alterations = {
  seen: (moved, before) => withState(moved, { seen: before.seen }),
  bits: (moved) => withState(moved, { bits: moved.state.bits ^ 1 }),
  kept: (moved) => withState(moved, { kept: 1 - moved.state.kept }),
  rule: (moved) => ({ ...moved, rule: 'odd' }),
  more: (moved, before, nodes) => upwards(send(nodes[0]!, { type: 0, variant: 0 }))(moved, before, nodes),
  fewer: (moved) => {
    const first = moved.effects.findIndex(({ type }) => type === 'send')
    return { ...moved, effects: moved.effects.filter((_effect, k) => k !== first) }
  },
  variant: (moved) =>
    eachSend(moved, (sent) => ({ ...sent, message: { ...sent.message, variant: sent.message.variant === 0 ? 1 : 0 } })),
  recipient: (moved, _before, nodes) =>
    eachSend(moved, (sent) => ({ ...sent, to: nodes[(nodes.indexOf(sent.to) + 1) % nodes.length]! })),
  order: (moved) => ({ ...moved, effects: moved.effects.toReversed() }),
  reply: (moved) => also(moved, reply('ask', 2)),
  arm: upwards(startTimer('t0')),
  disarm: (moved) => also(moved, stopTimer('t1')),
  apply: (moved) => also(moved, apply(1)),
  restore: (moved) => also(moved, restore(2)),
  snapshot: upwards(takeSnapshot(1)),
  note: (moved) => also(moved, note(1)),
  ignored: (_moved, before) => ({ rule: 'ignore', state: before, effects: [] })
} as const satisfies Readonly<Record<string, Alter>>

export type Aspect = keyof typeof alterations

export const aspects = Object.keys(alterations) as ReadonlyArray<Aspect>

/** A place where a protocol does otherwise. */
export interface Exception {
  readonly aspect: Aspect
  /** Where it applies; null for everywhere. */
  readonly node: string | null
  readonly seen: number | null
  readonly bits: number | null
  readonly variant: number | null
  readonly from: string | null
  readonly type: number
}

export interface VotingShape {
  readonly seed: number
  readonly nodes: number
  /** The largest `seen`. */
  readonly phases: number
  readonly types: number
  readonly variants: number
  /** Votes that make a quorum. */
  readonly quorum: number
  /** Of ten kinds of step, how many only gather. */
  readonly gathering: number
  readonly keepsBits: boolean
  readonly exceptions: ReadonlyArray<Exception>
}

const popCount = (bits: number): number => bits.toString(2).replaceAll('0', '').length

/** Adds up what it is given, to 2 at most, so that the order does not matter but for `restore`. */
export const adding: Machine<Voting> = {
  initial: 0,
  apply: (content: number, entry) => ({ content: Math.min(content + entry, 2), response: content })
}

const applies = (exception: Exception, id: string, state: State, event: Event<Voting>): boolean => {
  const isOr = (wanted: string | number | null, found: string | number): boolean => wanted === null || wanted === found
  return (
    event.type === 'deliver' &&
    exception.type === event.message.type &&
    isOr(exception.node, id) &&
    isOr(exception.seen, state.seen) &&
    isOr(exception.bits, state.bits) &&
    isOr(exception.variant, event.message.variant) &&
    isOr(exception.from, event.from)
  )
}

/** A step with the exceptions that apply to it. */
export const excepted = (
  exceptions: ReadonlyArray<Exception>,
  moved: Moved,
  id: string,
  state: State,
  event: Event<Voting>,
  nodes: ReadonlyArray<string>
): Moved =>
  exceptions
    .filter((exception) => applies(exception, id, state, event))
    .reduce((sofar, { aspect }) => alterations[aspect](sofar, state, nodes), moved)

/** What is told on the way up. */
const told = (shape: VotingShape, place: string, nodes: ReadonlyArray<string>, least = 0): ReadonlyArray<Said> => {
  const pick = (what: string, below: number) => draw(shape.seed, `${place} ${what}`, below)
  // Often two that may well be alike: to one receiver, of one type.
  const areTwins = pick('twins', 2) === 0
  const alike = (what: string, k: number, below: number): number => pick(`${what} ${areTwins ? 0 : k}`, below)
  const first = pick('variant', shape.variants)
  const sends = Array.from({ length: least + pick('sends', 3) }, (_, k): Said =>
    send(nodes[alike('to', k, nodes.length)]!, {
      type: alike('type', k, shape.types),
      variant: (first + k) % shape.variants
    })
  )
  const one = (what: string, of: number, effect: Said): ReadonlyArray<Said> => (pick(what, of) === 0 ? [effect] : [])
  return [
    ...sends.slice(0, 1),
    ...one('reply', 5, reply('ask', 1)),
    ...one('arm', 4, startTimer('t0')),
    ...one('snapshot', 6, takeSnapshot(0)),
    ...one('apply', 6, apply(1)),
    ...sends.slice(1)
  ]
}

/** What protocols of these messages declare. */
export const declared = {
  wireVersion: 1,
  codecs: {
    message: closed('Message', { type: Natural, variant: Natural }),
    durable: closed('Durable', { kept: Natural, bits: Natural }),
    request: Natural,
    response: Natural,
    entry: Natural,
    content: Natural
  },
  rules: ['start', 'again', 'ignore', 'gather', 'go', 'odd'],
  timers: ['t0', 't1']
} as const

export const votingProtocol = (shape: VotingShape): Protocol<Voting> => {
  const begin = (
    rule: 'start' | 'again',
    id: string,
    kept: number,
    bits: number,
    nodes: ReadonlyArray<string>
  ): Moved => {
    const sends = told(shape, `${rule} ${id}`, nodes, rule === 'start' ? 1 : 0).filter(({ type }) => type === 'send')
    return { rule, state: { seen: 0, bits, kept }, effects: [startTimer('t1'), ...sends] }
  }
  const common = (id: string, nodes: ReadonlyArray<string>, state: State, event: Event<Voting>): Moved => {
    const pick = (what: string, below: number) => draw(shape.seed, what, below)
    const what =
      event.type === 'deliver' ? `deliver ${event.message.type}` : event.type === 'timeout' ? event.timer : event.type
    const place = `${id} ${state.seen} ${what}`
    const kind = pick(`${place} kind`, 10)
    const answer: ReadonlyArray<Said> = event.type === 'request' ? [reply(event.id, state.seen)] : []
    const go = (to: number): Moved => ({
      rule: 'go',
      state: { seen: to, bits: 0, kept: Math.max(state.kept, pick(`${place} kept`, 3) === 0 ? 1 : 0) },
      effects: [...answer, ...(to > state.seen ? told(shape, place, nodes) : [])]
    })
    const next = Math.min(state.seen + 1, shape.phases)
    if (kind < shape.gathering) {
      // Whose vote it is: of the sender, of the name, or of any.
      const by = pick(`${place} by`, 6)
      const whose =
        event.type === 'deliver' ? (by === 0 ? nodes.indexOf(event.from) : by === 1 ? event.message.variant : 0) : 1
      const bits = state.bits | (1 << whose)
      if (popCount(bits) >= shape.quorum && state.seen < shape.phases) return go(next)
      return { rule: 'gather', state: { ...state, bits }, effects: answer }
    }
    if (kind < 8) return go(pick(`${place} down`, 12) === 0 ? pick(`${place} to`, shape.phases + 1) : next)
    return { rule: 'ignore', state, effects: answer }
  }
  return {
    ...declared,
    name: 'voting',
    initial: ({ id, nodes }) => begin('start', id, 0, 0, nodes),
    recover: ({ id, nodes }, { kept, bits }) => begin('again', id, kept, bits, nodes),
    durable: ({ kept, bits }) => ({ kept, bits: shape.keepsBits ? bits : 0 }),
    step: ({ id, nodes }, state, event) =>
      excepted(shape.exceptions, common(id, nodes, state, event), id, state, event, nodes)
  }
}
