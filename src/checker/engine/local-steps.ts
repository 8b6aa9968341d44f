/**
 * What one node does on its own, as a table for the analyses: per slot and stimulus the slot after it, and what others see of
 * the step. Slots that have never been met are not added to the alphabet: an analysis asks about much that cannot happen.
 */
import type { AnySignature, Cause } from '../../../spec/kernel/index.ts'
import { canonical } from '../../model/data.ts'
import { crashed, cutCount, cutShort, isReady } from '../../model/local.ts'
import type { Local, Outcome } from '../../model/local.ts'
import { Refusal } from '../../model/problem.ts'
import type { ValidModel } from '../../model/valid.ts'
import type { Alphabet } from './alphabet.ts'
import { crashBudget } from './ledger.ts'

/** The names of the step properties that a step violates. */
export type ViolatedBy = (
  node: number,
  before: Local,
  event: Cause<AnySignature>,
  outcome: Outcome
) => ReadonlyArray<string>

export interface Act {
  /** The slot after it; -1 where it is not known, or the reducer refuses. */
  readonly after: number
  /** What others see of it, as a number: the same for the same messages, replies and violated step properties. 0 for nothing. */
  readonly seen: number
}

/** Requests and restarts reach a node from outside: they belong to the alphabet before they are first made. */
export const addOutside = (valid: ValidModel, alphabet: Alphabet): void => {
  valid.requests.forEach(({ request, at, ids }) => {
    if (at.includes(alphabet.node)) ids.forEach((id) => alphabet.stimulus({ type: 'request', id, request }))
  })
  if (crashKinds(valid, alphabet.node).includes(false)) alphabet.stimulus({ type: 'restart' })
}

/** The kinds of crash that may hit a node: false restartable, true for good. */
export const crashKinds = (valid: ValidModel, node: number): ReadonlyArray<boolean> =>
  valid.mayCrash[node] === true ? [false, true].filter((forGood) => valid.budget[crashBudget(forGood)] > 0) : []

const nowhere: Act = { after: -1, seen: -1 }

export class LocalSteps {
  readonly alphabet: Alphabet
  readonly kinds: ReadonlyArray<boolean>
  readonly #valid: ValidModel
  readonly #violatedBy: ViolatedBy
  readonly #judgesSteps: boolean
  /** By slot and stimulus; null where the slot is not ready for it. */
  #acts: Map<number, Act | null>[] = []
  #crashes: (Act | null)[][] = []
  readonly #sights = new Map<string, number>()

  constructor(valid: ValidModel, alphabet: Alphabet, violatedBy: ViolatedBy) {
    this.#valid = valid
    this.alphabet = alphabet
    this.kinds = crashKinds(valid, alphabet.node)
    this.#violatedBy = violatedBy
    this.#judgesSteps = valid.model.properties.some(({ kind }) => kind === 'step')
  }

  /** More slots are known: what led out of those known before is asked again. */
  forgetUnknown(): void {
    for (const row of this.#acts) row?.forEach((act, stimulus) => act?.after === -1 && row.delete(stimulus))
    this.#crashes = []
  }

  /** What a node in a slot does; null where it is not ready for the stimulus. */
  act(slot: number, stimulus: number): Act | null {
    const row = (this.#acts[slot] ??= new Map<number, Act | null>())
    const known = row.get(stimulus)
    if (known !== undefined) return known
    const found = this.#act(slot, stimulus)
    row.set(stimulus, found)
    return found
  }

  /** What a crash makes of a slot; null where the node is down. */
  crash(slot: number, forGood: boolean): Act | null {
    const row = (this.#crashes[slot] ??= [])
    return (row[Number(forGood)] ??= this.#crash(slot, forGood))
  }

  #act(slot: number, stimulus: number): Act | null {
    const local = this.alphabet.slots.at(slot)
    const cause = this.alphabet.stimuli.at(stimulus)
    if (!isReady(local, cause)) return null
    const { node } = this.alphabet
    return this.#guarded(() => {
      const reaction = this.alphabet.attempt(slot, stimulus)
      const cuts = this.#judgesSteps
        ? this.kinds.flatMap((forGood) =>
            Array.from({ length: cutCount(this.#valid, reaction) }, (_, kept) =>
              cutShort(this.#valid, node, reaction, kept, forGood)
            )
          )
        : []
      return this.#found(slot, cause, reaction, cuts)
    })
  }

  #crash(slot: number, forGood: boolean): Act | null {
    const local = this.alphabet.slots.at(slot)
    if (!local.up) return null
    return this.#guarded(() => {
      const after = crashed(this.#valid, this.alphabet.node, local, forGood)
      return this.#found(slot, { type: 'crash', forGood }, { rule: null, effects: [], after }, [])
    })
  }

  #found(slot: number, cause: Cause<AnySignature>, outcome: Outcome, cuts: ReadonlyArray<Outcome>): Act {
    const after = this.alphabet.slots.peek(outcome.after)
    const before = this.alphabet.slots.at(slot)
    const violated = (of: Outcome): ReadonlyArray<string> =>
      !this.#judgesSteps || (after === slot && of.effects.length === 0)
        ? []
        : this.#violatedBy(this.alphabet.node, before, cause, of)
    const judged = [outcome, ...cuts].map(violated)
    const effects = outcome.effects.filter(({ type }) => type === 'send' || type === 'reply')
    if (effects.length === 0 && judged.every((names) => names.length === 0)) return { after, seen: 0 }
    const text = canonical([effects, judged])
    const seen = this.#sights.get(text) ?? this.#sights.size + 1
    this.#sights.set(text, seen)
    return { after, seen }
  }

  /** The pair may be one that never meets: a reducer or property that cannot take it is wrong only where the search meets it. */
  #guarded(run: () => Act): Act {
    try {
      return run()
    } catch (error) {
      if (error instanceof Refusal) return nowhere
      throw error
    }
  }
}
