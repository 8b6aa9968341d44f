/**
 * Silent steps: a delivery or a timeout that nobody can see, and after which the node can still do whatever it could have done
 * before, is made at once. DESIGN.md of this folder has the argument why no verdict changes.
 *
 * The tables are those of the slots, stimuli and classes known when they were made; a search that meets something new is run again
 * with better ones.
 */
import { canonical } from '../../model/data.ts'
import type { ValidModel } from '../../model/valid.ts'
import type { Alphabet } from './alphabet.ts'
import { Covering, type Player, type Position } from './covering.ts'
import { addOutside, LocalSteps, type Act, type ViolatedBy } from './local-steps.ts'
import type { Letters } from './inboxes.ts'

/** What the model's predicates can tell apart. */
export interface Classes {
  /** A number that slots of a node share if no predicate has read anything that differs. */
  readonly classOf: (node: number, slot: number) => number
  /** Whether the model's bound lets a node in this slot go on. */
  readonly isInside: (node: number, slot: number) => boolean
  /** Goes up when something is read for the first time. */
  readonly version: number
}

/** A silent step, if its position is good. */
interface Seed {
  readonly slot: number
  readonly stimulus: number
  readonly position: Position
}

class NodeSteps {
  readonly #steps: LocalSteps
  readonly #alphabet: Alphabet
  readonly #classes: Classes
  readonly #keeps: Player['keeps']
  readonly #isKept: boolean
  readonly #hasCuts: boolean
  readonly #mayStop: boolean
  readonly #valid: ValidModel
  /** By slot: its class, with the bound. */
  #looks: Int32Array = new Int32Array(0)
  /** By slot: the stimuli it may be ready for, that are no letters. */
  #own: (ReadonlyArray<number> | undefined)[] = []
  #letters: ReadonlyArray<number> = []
  /** By slot: the stimuli that are taken at once, the first of them first. */
  #silent: ReadonlyArray<ReadonlyArray<number>> = []
  #slots = 0
  #stimuli = 0

  constructor(valid: ValidModel, alphabet: Alphabet, classes: Classes, keeps: Player['keeps'], violatedBy: ViolatedBy) {
    this.#valid = valid
    this.#steps = new LocalSteps(valid, alphabet, violatedBy)
    this.#alphabet = alphabet
    this.#classes = classes
    this.#keeps = keeps
    this.#isKept = valid.model.network.kind === 'asynchronous'
    this.#hasCuts = valid.cuts.length > 0
    this.#mayStop = valid.model.mayStop === true
  }

  get isOutOfDate(): boolean {
    return this.#slots < this.#alphabet.slots.size || this.#stimuli < this.#alphabet.stimuli.size
  }

  extend(): void {
    const { slots, stimuli, node, senders } = this.#alphabet
    addOutside(this.#valid, this.#alphabet)
    this.#slots = slots.size
    this.#stimuli = stimuli.size
    this.#steps.forgetUnknown()
    const all = Array.from({ length: this.#slots }, (_, slot) => slot)
    this.#looks = Int32Array.from(all, (slot) =>
      this.#classes.isInside(node, slot)
        ? 1 + this.#classes.classOf(node, slot)
        : -1 - this.#classes.classOf(node, slot)
    )
    this.#own = []
    const known = Array.from({ length: this.#stimuli }, (_, stimulus) => stimulus)
    this.#letters = known.filter((stimulus) => senders[stimulus]! >= 0)
    const seeds = all.flatMap((slot) => this.#seeds(slot))
    const areGood = new Covering(this.#player()).areGood(seeds.map(({ position }) => position))
    const silent: number[][] = all.map(() => [])
    seeds.forEach(({ slot, stimulus }, index) => areGood[index] === true && silent[slot]!.push(stimulus))
    // By what they are: numbers depend on what was met first, which is another thing with several threads.
    const texts = known.map((stimulus) => canonical(stimuli.at(stimulus)))
    this.#silent = silent.map((row) => row.toSorted((a, b) => (texts[a]! < texts[b]! ? -1 : 1)))
  }

  /** The stimulus that is taken at once in a slot, of these letters and the slot's timers; -1 for none. */
  next(slot: number, letters: Letters): number {
    const silent = slot < this.#slots ? this.#silent[slot]! : []
    for (const stimulus of silent) if (!this.#isLetter(stimulus) || letters.includes(stimulus)) return stimulus
    return -1
  }

  #player(): Player {
    const { model, cuts } = this.#valid
    return {
      alphabet: this.#alphabet,
      steps: this.#steps,
      looks: this.#looks,
      letters: this.#letters,
      ownOf: (slot) => this.#ownOf(slot),
      isSilent: (slot, stimulus, act) => this.#isSilent(slot, stimulus, act),
      keeps: this.#keeps,
      kind: model.network.kind,
      hasCuts: cuts.length > 0,
      mayStop: this.#mayStop
    }
  }

  #seeds(slot: number): ReadonlyArray<Seed> {
    if (this.#looks[slot]! < 0) return []
    return [...(this.#hasCuts ? [] : this.#letters), ...this.#ownOf(slot)].flatMap((stimulus) => {
      const act = this.#steps.act(slot, stimulus)
      const isLetter = this.#isLetter(stimulus)
      if (act === null || !this.#isSilent(slot, stimulus, act)) return []
      if (act.after === slot && (this.#isKept || !isLetter)) return []
      if (!this.#mayStop && (this.#isKept || !isLetter) && this.#leadsTo(act.after, slot)) return []
      const [ahead, pending] = !isLetter ? [[], []] : this.#isKept ? [[], [stimulus]] : [[stimulus], []]
      return [{ slot, stimulus, position: { left: slot, ahead, right: act.after, pending } }]
    })
  }

  /**
   * Whether a node can come back to a slot without being seen to have changed. What goes round for ever is no end, and must not look like
   * one because all of the round counts as one slot.
   */
  #leadsTo(from: number, to: number): boolean {
    const met = new Set([from])
    for (const slot of met)
      for (let stimulus = 0; stimulus < this.#stimuli; stimulus++) {
        const after = this.#steps.act(slot, stimulus)?.after ?? -1
        if (after === to) return true
        if (after >= 0 && this.#looks[after] === this.#looks[to]) met.add(after)
      }
    return false
  }

  #isLetter(stimulus: number): boolean {
    return this.#alphabet.senders[stimulus]! >= 0
  }

  /** Timers, requests, snapshots and restarts that a slot is ready for. */
  #ownOf(slot: number): ReadonlyArray<number> {
    return (this.#own[slot] ??= Array.from({ length: this.#stimuli }, (_, stimulus) => stimulus).filter(
      (stimulus) => !this.#isLetter(stimulus) && this.#steps.act(slot, stimulus) !== null
    ))
  }

  /** Whether nobody sees a step, now; and it takes nothing from the ledger, as requests do. Who is up again looks otherwise. */
  #isSilent(slot: number, stimulus: number, { after, seen }: Act): boolean {
    if (seen !== 0 || after < 0 || this.#looks[after] !== this.#looks[slot]) return false
    return this.#alphabet.stimuli.at(stimulus).type !== 'request'
  }
}

export class SilentSteps {
  readonly #nodes: ReadonlyArray<NodeSteps>
  readonly #classes: Classes
  #version = -1

  constructor(
    valid: ValidModel,
    alphabets: ReadonlyArray<Alphabet>,
    classes: Classes,
    keeps: Player['keeps'],
    violatedBy: ViolatedBy
  ) {
    this.#classes = classes
    this.#nodes = alphabets.map((alphabet) => new NodeSteps(valid, alphabet, classes, keeps, violatedBy))
  }

  /** Whether something was met, or read, that the tables do not know. */
  get isOutOfDate(): boolean {
    return this.#version !== this.#classes.version || this.#nodes.some((node) => node.isOutOfDate)
  }

  /** Brings the tables up to date with everything met and read. */
  extend(): void {
    this.#nodes.forEach((node) => node.extend())
    this.#version = this.#classes.version
  }

  /** The stimulus that a node takes at once, of the letters that may be delivered next and its timers; -1 for none. */
  readonly next = (node: number, slot: number, letters: Letters): number => this.#nodes[node]!.next(slot, letters)
}
