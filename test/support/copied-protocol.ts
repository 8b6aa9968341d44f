/**
 * Small protocols that are tables of near copies: what a node does on a message depends on its phase and on the message's type, and all
 * variants of a type do the same, but for a few exceptions. So most messages behave alike, and where two do not, little tells them apart.
 */
import {
  apply,
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
  type Step
} from '../../spec/kernel/index.ts'
import { draw } from './random-protocol.ts'
import { declared, excepted, type Exception, type Voting } from './voting-protocol.ts'

type Said = Effect<Voting>

export interface CopiedShape {
  readonly seed: number
  readonly nodes: number
  /** The largest `seen`. */
  readonly phases: number
  readonly types: number
  readonly variants: number
  /** Of ten deliveries, how many are ignored. */
  readonly idle: number
  /** Whether nodes may come back to an earlier phase. */
  readonly turns: boolean
  /**
   * Whether the first node decides what it sends and then, by a message of type 0, opens the others, who ignore all else until then: a search that
   * begins takes what was sent for dead.
   */
  readonly isLate: boolean
  readonly exceptions: ReadonlyArray<Exception>
}

export const copiedProtocol = (shape: CopiedShape): Protocol<Voting> => {
  const pick = (what: string, below: number) => draw(shape.seed, what, below)
  const isOne = (what: string, of: number): boolean => pick(what, of) === 0
  const one = (what: string, of: number, effect: Said): ReadonlyArray<Said> => (isOne(what, of) ? [effect] : [])

  /** Messages mostly go on to the next node, and so on, so that what tells them apart may be two nodes away. */
  const toNext = (place: string, id: string, nodes: ReadonlyArray<string>): string =>
    nodes[(nodes.indexOf(id) + (isOne(`${place} aside`, 4) ? pick(`${place} to`, nodes.length) : 1)) % nodes.length]!

  const sent = (place: string, id: string, nodes: ReadonlyArray<string>, variant: number): Said =>
    send(toNext(place, id, nodes), {
      // What opens is sent by none but the first.
      type: shape.isLate ? 1 : pick(`${place} type`, shape.types),
      variant: (pick(`${place} variant`, shape.variants) + variant) % shape.variants
    })

  const begin = (rule: 'start' | 'again', id: string, kept: number, bits: number, nodes: ReadonlyArray<string>) => {
    const place = `${rule} ${id} ${isOne(`${id} recalls`, 2) ? kept : ''}`
    const timers = shape.isLate && rule === 'start' ? (id === nodes[0] ? 2 : 0) : pick(`${place} timers`, 4)
    return {
      rule,
      state: { seen: !shape.isLate && isOne(`${place} later`, 4) ? Math.min(1, shape.phases) : 0, bits, kept },
      effects: [
        ...(timers === 0 || timers === 2 ? [startTimer('t0' as const)] : []),
        ...(timers === 1 || timers === 2 ? [startTimer('t1' as const)] : []),
        ...Array.from(
          { length: isOne(`${place} sends`, shape.isLate ? 6 : 2) ? 1 + pick(`${place} both`, 2) : 0 },
          (_, k) => sent(place, id, nodes, k)
        )
      ]
    } as const
  }

  const common = (id: string, nodes: ReadonlyArray<string>, state: Step<Voting>['state'], event: Event<Voting>) => {
    const isDelivery = event.type === 'deliver'
    const place = `${id} ${state.seen} ${isDelivery ? `deliver ${event.message.type}` : event.type}`
    const answer: ReadonlyArray<Said> = event.type === 'request' ? [reply(event.id, state.seen)] : []
    const isFirst = id === nodes[0]
    const isDeciding = shape.isLate && isFirst && event.type === 'timeout' && state.seen === 0
    const isOpening = shape.isLate && isFirst && event.type === 'timeout' && state.seen === 1
    if (isOpening)
      return {
        rule: 'go',
        state: { ...state, seen: 2 },
        effects: nodes.slice(1).map((to) => send(to, { type: 0, variant: 0 }))
      } as const
    if (isDelivery && shape.isLate && !isFirst && (event.message.type === 0) !== (state.seen === 0))
      return { rule: 'ignore', state, effects: [] } as const
    if (!isDeciding && pick(`${place} idle`, 10) < (isDelivery ? shape.idle : 1))
      return { rule: 'ignore', state, effects: answer } as const
    const isUp = isDeciding || (shape.isLate && state.seen === 0)
    const way = pick(`${place} way`, 8)
    const seen =
      isUp || way < 5
        ? Math.min(state.seen + 1, shape.phases)
        : way < 7 || !shape.turns
          ? state.seen
          : pick(`${place} turn`, 2)
    // One timer is a copy of the other, but for the variant that it sends; a message may be passed on as it is.
    const variant =
      event.type === 'timeout'
        ? Number(event.timer === 't1')
        : isDelivery && isOne(`${place} passes on`, 2)
          ? event.message.variant
          : 0
    const before = one(`${place} reply`, 3, reply('ask', 1))
    const behind = before.length > 0 ? [] : one(`${place} late reply`, 3, reply('ask', 1))
    return {
      rule: 'go',
      state: { seen, bits: state.bits, kept: isOne(`${place} kept`, 4) ? 1 : state.kept },
      effects: [
        ...answer,
        ...before,
        ...(isDeciding || isOne(`${place} sends`, 2) ? [sent(place, id, nodes, variant)] : []),
        ...behind,
        ...one(`${place} arm`, 8, startTimer('t0')),
        ...(isDeciding ? [stopTimer('t1'), startTimer('t0')] : one(`${place} disarm`, 8, stopTimer('t1'))),
        ...one(`${place} note`, 8, note(0)),
        ...one(`${place} apply`, 8, apply(1)),
        ...one(`${place} snapshot`, 12, takeSnapshot(0)),
        ...one(`${place} restore`, 16, restore(0)),
        ...(isOne(`${place} sends more`, 6) ? [sent(`${place} more`, id, nodes, variant)] : [])
      ]
    } as const
  }

  return {
    ...declared,
    name: 'copied',
    initial: ({ id, nodes }) => begin('start', id, 0, 0, nodes),
    recover: ({ id, nodes }, { kept, bits }) => begin('again', id, kept, bits, nodes),
    durable: ({ kept, bits }) => ({ kept, bits }),
    step: ({ id, nodes }, state, event) =>
      excepted(shape.exceptions, common(id, nodes, state, event), id, state, event, nodes)
  }
}
