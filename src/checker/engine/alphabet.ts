/**
 * One node's alphabet: its slots (all there is to the node but its messages) and the stimuli that may reach it, interned, and what
 * the reducer answers to each stimulus in each slot, asked once.
 */
import { attempt, crashed, cutCount, cutShort, isReady, react } from '../../model/local.ts'
import type { Local, Outcome, Reaction, Stimulus } from '../../model/local.ts'
import { positionOf, type ValidModel } from '../../model/valid.ts'
import type { Agreement } from './agreement.ts'
import { Interner } from './interner.ts'

/** A letter on its way: the destination's position and the letter's number in the destination's alphabet. */
export interface Dispatch {
  readonly to: number
  readonly letter: number
}

/** A reaction in numbers. */
export interface Response<A extends Outcome = Outcome> {
  readonly reaction: A
  /** The slot after it. */
  readonly slot: number
  readonly sends: ReadonlyArray<Dispatch>
}

/** A mid-step crash: after `kept` effects, for good or not. */
export interface CutPoint {
  readonly kept: number
  readonly forGood: boolean
}

export class Alphabet {
  readonly node: number
  readonly slots: Interner<Local>
  readonly stimuli: Interner<Stimulus>
  readonly #valid: ValidModel
  readonly #all: ReadonlyArray<Alphabet>
  readonly #responses: Map<number, Response<Reaction>>[] = []
  /** By slot: a crash, and one for good. */
  readonly #crashes: [Response?, Response?][] = []
  readonly #timeouts = new Map<string, number>()
  /** By stimulus: the sender of a letter, or -1. */
  readonly senders: number[] = []

  /** `all` is the list of every node's alphabet, this one included, filled by the caller. */
  constructor(valid: ValidModel, node: number, all: ReadonlyArray<Alphabet>, agreement: Agreement | null) {
    this.#valid = valid
    this.node = node
    this.#all = all
    this.slots = new Interner({ agreement })
    this.stimuli = new Interner({
      agreement,
      onNew: (stimulus, id) => {
        this.senders[id] = stimulus.type === 'deliver' ? positionOf(valid, stimulus.from) : -1
      }
    })
  }

  stimulus(stimulus: Stimulus): number {
    return this.stimuli.id(stimulus)
  }

  timeout(timer: string): number {
    const known = this.#timeouts.get(timer)
    if (known !== undefined) return known
    const found = this.stimulus({ type: 'timeout', timer })
    this.#timeouts.set(timer, found)
    return found
  }

  isReady(slot: number, stimulus: number): boolean {
    return isReady(this.slots.at(slot), this.stimuli.at(stimulus))
  }

  /** What the node does; the reducer runs only the first time. */
  respond(slot: number, stimulus: number): Response {
    const row = (this.#responses[slot] ??= new Map())
    const known = row.get(stimulus)
    if (known !== undefined) return known
    const response = this.number(react(this.#valid, this.node, this.slots.at(slot), this.stimuli.at(stimulus)))
    row.set(stimulus, response)
    return response
  }

  /** What the node would do, for analyses. */
  attempt(slot: number, stimulus: number): Reaction {
    const known = this.#responses[slot]?.get(stimulus)
    return known?.reaction ?? attempt(this.#valid, this.node, this.slots.at(slot), this.stimuli.at(stimulus))
  }

  /** Puts a reaction in numbers. */
  number<A extends Outcome>(reaction: A): Response<A> {
    const slot = this.slots.id(reaction.after)
    // The slot's own value: there are far more responses than slots.
    return { reaction: { ...reaction, after: this.slots.at(slot) }, slot, sends: this.#dispatches(reaction) }
  }

  #dispatches(reaction: Outcome): ReadonlyArray<Dispatch> {
    const from = this.#valid.ids[this.node]!
    return reaction.effects.flatMap((effect) => {
      if (effect.type !== 'send') return []
      const to = positionOf(this.#valid, effect.to)
      return [{ to, letter: this.#all[to]!.stimulus({ type: 'deliver', from, message: effect.message }) }]
    })
  }

  /** The places where a crash may cut a response. */
  cutPoints({ reaction }: Response, forGood: boolean): ReadonlyArray<CutPoint> {
    return Array.from({ length: cutCount(this.#valid, reaction) }, (_, kept) => ({ kept, forGood }))
  }

  cut({ reaction }: Response, { kept, forGood }: CutPoint): Response {
    return this.number(cutShort(this.#valid, this.node, reaction, kept, forGood))
  }

  /** A plain crash. */
  crash(slot: number, forGood: boolean): Response {
    return ((this.#crashes[slot] ??= [])[forGood ? 1 : 0] ??= this.#crash(slot, forGood))
  }

  #crash(slot: number, forGood: boolean): Response {
    const local = this.slots.at(slot)
    if (!local.up) throw new Error('a node that is down cannot crash')
    return this.number({ rule: null, effects: [], after: crashed(this.#valid, this.node, local, forGood) })
  }
}
