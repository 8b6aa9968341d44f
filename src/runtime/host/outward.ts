/**
 * The effects of a turn: gathered step by step, released all at once when what they stand on is durable. Until then no
 * part of the world learns anything of the turn.
 */
import type { AnySignature, Effect, NodeId, RequestId } from '../../../spec/kernel/index.ts'
import type { Packet } from '../ports.ts'
import type { Timers } from './timers.ts'

type P = AnySignature

/** What effects reach. */
export interface World {
  readonly send: (batch: ReadonlyArray<Packet>) => void
  /** A message of the node to itself. */
  readonly toSelf: (message: unknown) => void
  readonly reply: (id: RequestId, response: unknown) => void
  readonly apply: (entry: unknown, request: RequestId | null) => void
  /** `asking` counts the snapshots asked for: only the latest is to come. */
  readonly snapshot: (index: number, asking: number) => void
  readonly restore: (content: unknown) => void
  readonly note: (fact: unknown) => void
}

export interface Outward {
  /** Takes the effects of a step, in order. */
  readonly gather: (effects: ReadonlyArray<Effect<P>>) => void
  /** How many snapshots were asked for. */
  readonly askings: () => number
  /** Lets them go: messages together and last, since a network promises no order against anything else. */
  readonly release: () => void
}

export const outwardWith = (self: NodeId, timers: Timers, world: World): Outward => {
  let packets: Packet[] = []
  let waiting: Array<Effect<P>> = []
  let askings = 0
  let released = 0

  const take = (effect: Effect<P>): void => {
    if (effect.type === 'send' && effect.to !== self) packets.push(effect)
    else if (effect.type === 'start-timer') timers.start(effect.timer)
    else if (effect.type === 'stop-timer') timers.stop(effect.timer)
    else waiting.push(effect)
    if (effect.type === 'take-snapshot') askings += 1
  }

  const act = (effect: Effect<P>): void => {
    if (effect.type === 'reply') world.reply(effect.id, effect.response)
    else if (effect.type === 'apply') world.apply(effect.entry, effect.request)
    else if (effect.type === 'send') world.toSelf(effect.message)
    else if (effect.type === 'note') world.note(effect.fact)
    else if (effect.type === 'restore') world.restore(effect.content)
    else if (effect.type === 'take-snapshot') {
      released += 1
      world.snapshot(effect.index, released)
    }
  }

  return {
    gather: (effects) => effects.forEach(take),
    askings: () => askings,
    release: () => {
      const [sent, acts] = [packets, waiting]
      packets = []
      waiting = []
      timers.release()
      acts.forEach(act)
      if (sent.length > 0) world.send(sent)
    }
  }
}
