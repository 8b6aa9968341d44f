/**
 * Dead messages: a letter that no slot still reachable for its receiver reacts to can never matter again, and is
 * dropped from the inbox. DESIGN.md of this folder has the argument why no verdict changes.
 *
 * The tables are those of the slots and letters known when a search begins. A search that meets something new ends
 * with tables that are out of date, and is run again with better ones; the last search meets nothing new.
 */
import { crashed, cutCount, cutShort, isReady } from '../../model/local.ts'
import { sameData } from '../../model/data.ts'
import type { Local, Outcome, Reaction, Stimulus } from '../../model/local.ts'
import { Refusal } from '../../model/problem.ts'
import type { ValidModel } from '../../model/valid.ts'
import type { Alphabet } from './alphabet.ts'
import { addOutside, crashKinds } from './local-steps.ts'

/** A stimulus that a slot reacts to, or a crash. */
interface Edge {
  /** -1 for a crash. */
  readonly stimulus: number
  /** The slots it may lead to that are known. */
  readonly known: Set<number>
  /** The conditions it may lead to that are not: looked up again when more are known. */
  unknown: ReadonlyArray<Local>
}

interface Row {
  readonly edges: Edge[]
  /** Stimuli below this were tried. */
  tried: number
}

/** What came of a stimulus in a slot, and of a crash in the middle of it. */
export interface Tried {
  readonly reaction: Reaction
  readonly cuts: ReadonlyArray<() => Outcome>
}

/** Told of each stimulus that a slot reacts to, once; null where the reducer refuses. */
export type OnTried = (node: number, slot: number, stimulus: number, tried: Tried | null) => void

class NodeTable {
  readonly #valid: ValidModel
  readonly #alphabet: Alphabet
  readonly #isInside: (slot: number) => boolean
  readonly #kinds: ReadonlyArray<boolean>
  readonly #onTried: OnTried | null
  /** By slot. */
  readonly #rows: Row[] = []
  /** By slot: a bit per letter. */
  #alive: Int32Array[] = []
  /** By slot: the others that it may lead to in one step. */
  #next: ReadonlyArray<ReadonlyArray<number>> = []
  #slots = 0
  #stimuli = 0

  constructor(valid: ValidModel, alphabet: Alphabet, isInside: (slot: number) => boolean, onTried: OnTried | null) {
    this.#valid = valid
    this.#alphabet = alphabet
    this.#isInside = isInside
    this.#kinds = crashKinds(valid, alphabet.node)
    this.#onTried = onTried
  }

  /** Whether the alphabet has grown since the tables were made. */
  get isOutOfDate(): boolean {
    return this.#slots < this.#alphabet.slots.size || this.#stimuli < this.#alphabet.stimuli.size
  }

  keeps(slot: number, letter: number): boolean {
    if (slot >= this.#slots || letter >= this.#stimuli) return true
    return ((this.#alive[slot]![letter >> 5]! >>> (letter & 31)) & 1) === 1
  }

  next(slot: number): ReadonlyArray<number> {
    return this.#next[slot] ?? []
  }

  extend(): void {
    this.#slots = this.#alphabet.slots.size
    addOutside(this.#valid, this.#alphabet)
    this.#stimuli = this.#alphabet.stimuli.size
    for (let slot = 0; slot < this.#slots; slot++) {
      const row = (this.#rows[slot] ??= { edges: this.#crashes(slot), tried: 0 })
      for (; row.tried < this.#stimuli; row.tried++) row.edges.push(...this.#peek(slot, row.tried))
      row.edges.forEach((edge) => this.#resolve(edge))
    }
    this.#close()
  }

  #resolve(edge: Edge): void {
    if (edge.unknown.length === 0) return
    edge.unknown = edge.unknown.filter((local) => {
      const slot = this.#alphabet.slots.peek(local)
      if (slot >= 0) edge.known.add(slot)
      return slot < 0
    })
  }

  #crashes(slot: number): Edge[] {
    const local = this.#alphabet.slots.at(slot)
    if (!local.up || !this.#isInside(slot)) return []
    const unknown = this.#kinds.map((forGood) => crashed(this.#valid, this.#alphabet.node, local, forGood))
    return [{ stimulus: -1, known: new Set(), unknown }]
  }

  /** The edge of a stimulus in a slot; none where nothing comes of it. */
  #peek(slot: number, stimulus: number): ReadonlyArray<Edge> {
    const local = this.#alphabet.slots.at(slot)
    const cause: Stimulus = this.#alphabet.stimuli.at(stimulus)
    if (!this.#isInside(slot) || !isReady(local, cause)) return []
    try {
      const reaction = this.#alphabet.attempt(slot, stimulus)
      if (reaction.effects.length === 0 && sameData(reaction.after, local)) return []
      const cuts = this.#kinds.flatMap((forGood) =>
        Array.from(
          { length: cutCount(this.#valid, reaction) },
          (_, kept) => () => cutShort(this.#valid, this.#alphabet.node, reaction, kept, forGood)
        )
      )
      const unknown = [reaction.after, ...cuts.map((cut) => cut().after)]
      this.#onTried?.(this.#alphabet.node, slot, stimulus, { reaction, cuts })
      return [{ stimulus, known: new Set(), unknown }]
    } catch (error) {
      // The pair may be one that never meets: a reducer that cannot take it is wrong only where the search meets it.
      if (!(error instanceof Refusal)) throw error
      this.#onTried?.(this.#alphabet.node, slot, stimulus, null)
      return [{ stimulus, known: new Set(), unknown: [] }]
    }
  }

  /** A letter is alive where the slot, or one that it leads to, reacts to it: the least fixed point, backwards. */
  #close(): void {
    const words = (this.#stimuli + 31) >> 5
    this.#alive = this.#rows.map(({ edges }) => {
      const bits = new Int32Array(words)
      edges.forEach(({ stimulus }) => {
        if (stimulus >= 0) bits[stimulus >> 5]! |= 1 << (stimulus & 31)
      })
      return bits
    })
    const before: number[][] = this.#rows.map(() => [])
    this.#next = this.#rows.map(({ edges }, slot) =>
      [...new Set(edges.flatMap(({ known }) => [...known]))].filter((to) => to !== slot && to < this.#slots)
    )
    this.#next.forEach((next, slot) => next.forEach((to) => before[to]!.push(slot)))
    const waiting = Array.from({ length: this.#slots }, (_, slot) => slot)
    const isWaiting = new Uint8Array(this.#slots).fill(1)
    for (let slot = waiting.pop(); slot !== undefined; slot = waiting.pop()) {
      isWaiting[slot] = 0
      const bits = this.#alive[slot]!
      for (const earlier of before[slot]!) {
        const row = this.#alive[earlier]!
        let grew = false
        for (let w = 0; w < words; w++) {
          const joined = row[w]! | bits[w]!
          if (joined !== row[w]) {
            row[w] = joined
            grew = true
          }
        }
        if (grew && isWaiting[earlier] === 0) {
          isWaiting[earlier] = 1
          waiting.push(earlier)
        }
      }
    }
  }
}

export class DeadMessages {
  readonly #tables: ReadonlyArray<NodeTable>

  constructor(
    valid: ValidModel,
    alphabets: ReadonlyArray<Alphabet>,
    isSlotInside: (node: number, slot: number) => boolean,
    onTried: OnTried | null = null
  ) {
    this.#tables = alphabets.map(
      (alphabet, node) => new NodeTable(valid, alphabet, (slot) => isSlotInside(node, slot), onTried)
    )
  }

  /** Whether something was met that the tables do not know. */
  get isOutOfDate(): boolean {
    return this.#tables.some((table) => table.isOutOfDate)
  }

  /** Brings the tables up to date with everything met. */
  extend(): void {
    this.#tables.forEach((table) => table.extend())
  }

  /** The other slots that a node may get to in one step, as far as is known. */
  next(node: number, slot: number): ReadonlyArray<number> {
    return this.#tables[node]!.next(slot)
  }

  /** Whether a letter may still matter to a node in a slot. */
  readonly keeps = (node: number, slot: number, letter: number): boolean => this.#tables[node]!.keeps(slot, letter)
}
