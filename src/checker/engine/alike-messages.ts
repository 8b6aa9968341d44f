/**
 * Messages that behave alike: whatever becomes of their receiver, delivering the one does what delivering the other does. On a network where
 * messages are a set, having both in flight is having one, and the least of them stands for all. DESIGN.md of this folder has the
 * argument why no verdict changes.
 */
import type { AnySignature, Effect } from '../../../spec/kernel/index.ts'
import { canonical } from '../../model/data.ts'
import type { Local, Reaction } from '../../model/local.ts'
import { Refusal } from '../../model/problem.ts'
import { positionOf, type ValidModel } from '../../model/valid.ts'
import type { Alphabet } from './alphabet.ts'
import { components } from './components.ts'
import type { DeadMessages, Tried } from './dead-messages.ts'
import type { ViolatedBy } from './local-steps.ts'

type Send = Extract<Effect<AnySignature>, { readonly type: 'send' }>

/** What others see of a reaction: what is told, and the numbers of the messages that leave. */
interface Said {
  readonly rule: string
  readonly told: number
  readonly sends: ReadonlyArray<number>
}

/** What comes of delivering a letter. */
interface Delivery {
  readonly letter: number
  /** The slot after it; -1 while that has not been met. */
  after: number
  /** The same in full, until it is met. */
  unmet: Local | null
  /** -1 where the reducer or a property refuses. */
  readonly said: number
}

/** Equal texts have equal numbers. */
class Texts {
  readonly #ids = new Map<string, number>()

  id(text: string): number {
    const known = this.#ids.get(text)
    if (known !== undefined) return known
    this.#ids.set(text, this.#ids.size)
    return this.#ids.size - 1
  }
}

/** More than there are of anything that is numbered here. */
const wide = 2 ** 31

/** Splits classes: members stay together if they were and their marks are equal. Members without a mark are left alone. */
class Partition {
  /** By member: its class. */
  readonly of: Int32Array
  #fresh: number
  readonly #known = new Map<number, number>()

  constructor(first: Int32Array) {
    this.of = first
    this.#fresh = first.reduce((most, each) => Math.max(most, each), 0) + 1
  }

  begin(): void {
    this.#known.clear()
  }

  split(member: number, mark: number): void {
    const key = this.of[member]! * wide + mark
    const known = this.#known.get(key)
    if (known === undefined) this.#known.set(key, this.#fresh)
    this.of[member] = known ?? this.#fresh++
  }
}

/** What is known of one node. */
class NodeLetters {
  readonly #valid: ValidModel
  readonly #alphabet: Alphabet
  readonly #violatedBy: ViolatedBy
  readonly #judgesSteps: boolean
  readonly #texts = new Texts()
  readonly #saidIds = new Texts()
  readonly #saids: Said[] = []
  /** The messages that leave this node, by number, and what they are. */
  readonly #sendIds = new Texts()
  readonly #sends: Send[] = []
  /** By slot. */
  readonly #deliveries: Delivery[][] = []
  /** By slot: its component; by component and letter: what stands for it, or -1. */
  #componentOf: Int32Array = new Int32Array(0)
  #standing: ReadonlyArray<Int32Array> = []
  /** By component: those that a letter stands for, itself included. */
  #members: ReadonlyArray<ReadonlyMap<number, ReadonlyArray<number>>> = []
  #components: ReadonlyArray<ReadonlyArray<number>> = []
  #next: (slot: number) => ReadonlyArray<number> = () => []
  #alive: ReadonlyArray<ReadonlyArray<number>> = []
  #classes: ReadonlyArray<Int32Array> = []
  /** By letter: its class while nothing tells it from others. */
  #first: Int32Array = new Int32Array(0)
  /** By letter: its class in all slots at once. */
  everywhere: Int32Array = new Int32Array(0)

  constructor(valid: ValidModel, alphabet: Alphabet, violatedBy: ViolatedBy) {
    this.#valid = valid
    this.#alphabet = alphabet
    this.#violatedBy = violatedBy
    this.#judgesSteps = valid.model.properties.some(({ kind }) => kind === 'step')
  }

  /** A letter was tried in a slot that reacts to it. */
  note(slot: number, letter: number, tried: Tried | null): void {
    if (this.#alphabet.senders[letter]! < 0) return
    const said = tried === null ? -1 : this.#said(slot, letter, tried)
    const unmet = said < 0 ? null : (tried?.reaction.after ?? null)
    ;(this.#deliveries[slot] ??= []).push({ letter, after: -1, unmet, said })
  }

  #said(slot: number, letter: number, { reaction, cuts }: Tried): number {
    const judged = this.#judged(slot, letter, [reaction, ...cuts.map((cut) => cut())])
    if (judged === null) return -1
    const sends = reaction.effects.flatMap((effect) => (effect.type === 'send' ? [this.#send(effect)] : []))
    // Timers are in the slot after; a note is nobody's business but that of step properties, which are asked. The place of a message is kept: a
    // crash may cut before it. What it is, and to whom, is in its class.
    const others = reaction.effects.flatMap((effect): ReadonlyArray<unknown> =>
      effect.type === 'send'
        ? ['message']
        : effect.type === 'start-timer' || effect.type === 'stop-timer' || effect.type === 'note'
          ? []
          : [effect]
    )
    const { rule } = reaction
    const told = this.#texts.id(canonical([others, judged]))
    const id = this.#saidIds.id(`${told} ${rule} ${sends.join()}`)
    this.#saids[id] ??= { rule, told, sends }
    return id
  }

  /** The step properties that a reaction and its cuts violate; null where one cannot be asked. */
  #judged(
    slot: number,
    letter: number,
    outcomes: ReadonlyArray<Pick<Reaction, 'effects' | 'after'> & { readonly rule: string | null }>
  ): ReadonlyArray<ReadonlyArray<string>> | null {
    if (!this.#judgesSteps) return []
    const { node, slots, stimuli } = this.#alphabet
    try {
      return outcomes.map((outcome) => this.#violatedBy(node, slots.at(slot), stimuli.at(letter), outcome))
    } catch (error) {
      // The pair may be one that never meets: a property that cannot take it is wrong only where the search meets it.
      if (error instanceof Refusal) return null
      throw error
    }
  }

  #send(effect: Send): number {
    const id = this.#sendIds.id(canonical(effect))
    this.#sends[id] ??= effect
    return id
  }

  begin(dead: DeadMessages): void {
    const { node, slots, stimuli, senders } = this.#alphabet
    const hasCuts = this.#valid.cuts.length > 0
    for (const row of this.#deliveries)
      for (const delivery of row ?? [])
        if (delivery.unmet !== null) {
          delivery.after = slots.peek(delivery.unmet)
          if (delivery.after >= 0) delivery.unmet = null
        }
    this.#next = (slot) => dead.next(node, slot)
    this.#components = components(slots.size, this.#next)
    this.#componentOf = new Int32Array(slots.size)
    this.#components.forEach((members, component) => {
      for (const slot of members) this.#componentOf[slot] = component
    })
    // Letters that are dead to one slot of a component are dead to all of it.
    this.#alive = this.#components.map(([slot]) =>
      senders.flatMap((sender, letter) => (sender >= 0 && dead.keeps(node, slot!, letter) ? [letter] : []))
    )
    // A partition must cut both or none.
    this.#first = Int32Array.from({ length: stimuli.size }, (_, letter) => (hasCuts ? senders[letter]! + 1 : 0))
    this.everywhere = this.#first
    this.#standing = []
    this.#members = []
  }

  /** The classes of what a reaction says, as far as receivers are known to tell messages apart. */
  #saidClasses(all: ReadonlyArray<NodeLetters>, fired: ReadonlySet<string>): ReadonlyArray<number> {
    const from = this.#valid.ids[this.#alphabet.node]!
    const sends = this.#sends.map(({ to, message }, id) => {
      const receiver = positionOf(this.#valid, to)
      const letter = all[receiver]!.#alphabet.stimuli.peek({ type: 'deliver', from, message })
      return letter < 0 ? `only ${id}` : `${receiver}.${all[receiver]!.everywhere[letter]}`
    })
    const classes = new Texts()
    return this.#saids.map(({ rule, told, sends: sent }) =>
      classes.id([told, fired.has(rule) ? '' : rule, ...sent.map((send) => sends[send])].join(' '))
    )
  }

  /** The coarsest classes in each component, given those of what is sent: what a component leads to comes before it. */
  refine(all: ReadonlyArray<NodeLetters>, fired: ReadonlySet<string>): Int32Array {
    const said = this.#saidClasses(all, fired)
    const marks = new Map<number, number>()
    const markOf = ({ letter, after, said: id }: Delivery): number => {
      if (after < 0) return wide - 1 - letter
      const key = after * wide + said[id]!
      const known = marks.get(key)
      if (known !== undefined) return known
      marks.set(key, marks.size)
      return marks.size - 1
    }
    const first = this.#first
    const classes: Int32Array[] = []
    const isReached = new Uint8Array(this.#components.length)
    this.#components.forEach((members, component) => {
      const partition = new Partition(first.slice())
      for (const slot of members) {
        partition.begin()
        for (const delivery of this.#deliveries[slot] ?? []) partition.split(delivery.letter, markOf(delivery))
      }
      const later = new Set(members.flatMap((slot) => this.#next(slot).map((next) => this.#componentOf[next]!)))
      later.delete(component)
      for (const next of later) {
        isReached[next] = 1
        partition.begin()
        for (const letter of this.#alive[next]!) partition.split(letter, classes[next]![letter]!)
      }
      classes.push(partition.of)
    })
    this.#classes = classes
    const joined = new Partition(first.slice())
    this.#components.forEach((_members, component) => {
      // What tells letters apart further on tells them apart here.
      if (isReached[component] === 1) return
      joined.begin()
      for (const letter of this.#alive[component]!) joined.split(letter, classes[component]![letter]!)
    })
    return joined.of
  }

  end(): void {
    this.#standing = this.#classes.map((classes, component) => {
      const standing = new Int32Array(classes.length).fill(-1)
      const least = new Map<number, number>()
      for (const letter of this.#alive[component]!) {
        const of = classes[letter]!
        if (!least.has(of)) least.set(of, letter)
        standing[letter] = least.get(of)!
      }
      return standing
    })
    this.#members = this.#standing.map((standing, component) => {
      const members = new Map<number, number[]>()
      for (const letter of this.#alive[component]!) {
        const stands = standing[letter]!
        if (stands === letter) members.set(letter, [])
        members.get(stands)?.push(letter)
      }
      return members
    })
    this.#classes = []
  }

  /** Those that a letter stands for. */
  likes(slot: number, letter: number): ReadonlyArray<number> {
    const members = slot < this.#componentOf.length ? this.#members[this.#componentOf[slot]!] : undefined
    return members?.get(letter) ?? [letter]
  }

  standsFor(slot: number, letter: number): number {
    const row = slot < this.#componentOf.length ? this.#standing[this.#componentOf[slot]!] : undefined
    const stands = row === undefined || letter >= row.length ? -1 : row[letter]!
    return stands < 0 ? letter : stands
  }
}

const countOf = (classes: Int32Array): number => new Set(classes).size

export class AlikeMessages {
  /** Whether some letter has stood for another since they were compared. */
  hasMerged = false
  readonly #nodes: ReadonlyArray<NodeLetters>

  constructor(valid: ValidModel, alphabets: ReadonlyArray<Alphabet>, violatedBy: ViolatedBy) {
    this.#nodes = alphabets.map((alphabet) => new NodeLetters(valid, alphabet, violatedBy))
  }

  readonly note = (node: number, slot: number, letter: number, tried: Tried | null): void =>
    this.#nodes[node]!.note(slot, letter, tried)

  /**
   * Compares all letters known, for a pass that begins: all of one sender are alike until something tells them apart, at the receiver or, of
   * what it answers, further on. `dead` must be up to date. Rules in `fired` are not told apart: of the others it is still to be seen whether they fire.
   */
  compare(dead: DeadMessages, fired: ReadonlySet<string>): void {
    this.hasMerged = false
    this.#nodes.forEach((node) => node.begin(dead))
    for (let isRefined = true; isRefined;) {
      const refined = this.#nodes.map((node) => node.refine(this.#nodes, fired))
      isRefined = refined.some((classes, node) => countOf(classes) > countOf(this.#nodes[node]!.everywhere))
      refined.forEach((classes, node) => (this.#nodes[node]!.everywhere = classes))
    }
    this.#nodes.forEach((node) => node.end())
  }

  /** The letters that a letter stands for at a node in a slot. */
  readonly likes = (node: number, slot: number, letter: number): ReadonlyArray<number> =>
    this.#nodes[node]!.likes(slot, letter)

  /** The letter that stands for this one, which is alive, at a node in a slot. */
  readonly standsFor = (node: number, slot: number, letter: number): number => {
    const stands = this.#nodes[node]!.standsFor(slot, letter)
    if (stands !== letter) this.hasMerged = true
    return stands
  }
}
