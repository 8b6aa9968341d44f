/**
 * Symmetry: of all vectors that differ only in the names of interchangeable members, one stands for all. DESIGN.md of this folder tells how it
 * is chosen and why every choice gives the same counts.
 */
import { swapOf } from '../../model/symmetric.ts'
import type { ValidModel } from '../../model/valid.ts'
import type { Alphabet } from './alphabet.ts'
import { Exchange } from './exchange.ts'
import type { Frames } from './frames.ts'
import type { Ledger } from './ledger.ts'
import { Looks, spread, type Likes } from './looks.ts'

const { imul } = Math

/** Cells of the cache of vectors lately put in their places, less one. */
const recentMask = 2 ** 12 - 1

/** What tells a member that was singled out from others of its colour. */
const singled = 0x51ed270b

/** Members at `first` to before `end`. */
interface Group {
  readonly first: number
  readonly end: number
}

export class Symmetry {
  /** Exchanges of neighbours in a group: together they give every exchange there is. */
  readonly neighbours: ReadonlyArray<Exchange>
  /** Where alike messages are one: those that a letter stands for. */
  likes: Likes | null = null
  readonly #alphabets: ReadonlyArray<Alphabet>
  readonly #groups: ReadonlyArray<Group>
  /** By the first member and the second. */
  readonly #exchanges: ReadonlyArray<ReadonlyArray<Exchange | null>>
  readonly #looks: Looks
  /** By node: its member, or -1. */
  readonly #own: Int32Array
  readonly #components: number
  readonly #colours: Int32Array
  /** Vectors, each with the one that stands for it, by hash. */
  readonly #recent: Int32Array

  constructor(valid: ValidModel, alphabets: ReadonlyArray<Alphabet>) {
    this.#alphabets = alphabets
    const members = valid.symmetric.flat()
    const firsts = valid.symmetric.map((_group, index) => valid.symmetric.slice(0, index).flat().length)
    this.#groups = valid.symmetric.map(({ length }, index) => ({
      first: firsts[index]!,
      end: firsts[index]! + length
    }))
    this.#exchanges = members.map((one, first) =>
      members.map((other, second) => {
        const isGroup = this.#groups.some(({ first: from, end }) => from <= first && first < second && second < end)
        return isGroup ? new Exchange(valid, alphabets, swapOf(valid, one, other)) : null
      })
    )
    this.neighbours = this.#groups.flatMap(({ first, end }) =>
      Array.from({ length: end - first - 1 }, (_, index) => this.#exchange(first + index, first + index + 1))
    )
    const moved = this.neighbours.flatMap(({ swap }) =>
      swap.requests.flatMap((becomes, request) => (becomes === request ? [] : [request]))
    )
    this.#looks = new Looks(valid, alphabets, new Set(moved))
    this.#own = Int32Array.from(valid.ids, (_id, node) => members.findIndex(({ nodes }) => nodes.includes(node)))
    this.#components = valid.ids.length + 1
    this.#colours = new Int32Array(members.length)
    this.#recent = new Int32Array(2 * this.#components * (recentMask + 1))
  }

  /** The tables of a pass. */
  use(frames: ReadonlyArray<Frames>, ledger: Ledger): void {
    this.#looks.use(frames, ledger, this.likes)
    this.#exchanges.forEach((row) => row.forEach((exchange) => exchange?.use(frames, ledger)))
    this.#recent.fill(-1)
  }

  /** Takes the images of all slots and stimuli into the alphabets, so that what is known of one node is known of all. */
  close(): void {
    const done = this.#alphabets.map(() => ({ slots: 0, stimuli: 0 }))
    for (let grew = true; grew;) {
      grew = false
      this.#alphabets.forEach(({ slots, stimuli }, node) => {
        const so = done[node]!
        for (; so.slots < slots.size; so.slots++, grew = true)
          this.neighbours.forEach((exchange) => exchange.slot(node, so.slots))
        for (; so.stimuli < stimuli.size; so.stimuli++, grew = true)
          this.neighbours.forEach((exchange) => exchange.stimulus(node, so.stimuli))
      })
    }
  }

  #exchange(first: number, second: number): Exchange {
    return this.#exchanges[first]![second]!
  }

  /** Changes a vector into the one that stands for it. */
  readonly normalise = (vector: Int32Array): void => {
    const components = this.#components
    const recent = this.#recent
    let hash = 0x9e3779b9
    for (let c = 0; c < components; c++) {
      hash = imul(hash ^ vector[c]!, 0x7feb352d)
      hash ^= hash >>> 15
    }
    const cell = (hash & recentMask) * 2 * components
    let isKnown = true
    for (let c = 0; c < components; c++)
      if (recent[cell + c] !== vector[c]) {
        isKnown = false
        recent[cell + c] = vector[c]!
      }
    const answer = cell + components
    if (isKnown) for (let c = 0; c < components; c++) vector[c] = recent[answer + c]!
    else {
      this.#normalise(vector)
      for (let c = 0; c < components; c++) recent[answer + c] = vector[c]!
    }
  }

  #normalise(vector: Int32Array): void {
    const colours = this.#colours
    this.#colour(vector, colours)
    this.#sort(vector, colours)
    for (const { first, end } of this.#groups)
      for (let member = first + 1; member < end; member++)
        if (colours[member] === colours[member - 1] && !this.#exchange(member - 1, member).fixes(vector)) {
          vector.set(this.#least(vector, colours.slice(), null))
          return
        }
  }

  /** Where the row of a component of a vector begins, which is looked at if it is new. */
  #row(component: number, value: number): number {
    const rows = this.#looks.rows[component]!
    if (!rows.has(value))
      if (component < this.#components - 1) this.#looks.lookAt(component, value)
      else this.#looks.lookAtPage(value)
    return value * this.#looks.width
  }

  /** By member: a number that does not depend on names, of how all that there is looks to it. */
  #colour(vector: Int32Array, colours: Int32Array): void {
    const { rows, width } = this.#looks
    colours.fill(0)
    for (let c = 0; c < this.#components; c++) {
      const at = this.#row(c, vector[c]!)
      const { numbers } = rows[c]!
      for (let member = 0; member < width; member++) colours[member] = (colours[member]! + numbers[at + member]!) | 0
    }
  }

  /** A number that slots and a page have in common with what they are in other names, and with hardly anything else. */
  signature(slots: ReadonlyArray<number>, page: number): number {
    const { rows } = this.#looks
    const at = this.#row(this.#components - 1, page)
    const { numbers } = rows[this.#components - 1]!
    let [low, high] = [0, 0]
    this.#groups.forEach(({ first, end }, group) => {
      for (let member = first; member < end; member++) {
        let colour = numbers[at + member]! + group
        for (let node = 0; node < slots.length; node++) colour += this.#looks.ofSlot(node, slots[node]!, member)
        // Sums, so that it does not matter which member has which colour.
        low = (low + spread(colour)) | 0
        high = (high + spread(imul(colour, 5) + 1)) | 0
      }
    })
    return (high & 0x1fffff) * 2 ** 32 + (low >>> 0)
  }

  /** Puts the members of each group in the order of their colours, by exchanging them. */
  #sort(vector: Int32Array, colours: Int32Array): void {
    for (const { first, end } of this.#groups)
      for (let at = first; at < end; at++) {
        let least = at
        for (let later = at + 1; later < end; later++) if (colours[later]! < colours[least]!) least = later
        if (least === at) continue
        this.#exchange(at, least).apply(vector)
        const kept = colours[at]!
        colours[at] = colours[least]!
        colours[least] = kept
      }
  }

  /** Colours that also tell the colours of others apart, as far as that goes: no names in it either. */
  #refine(vector: Int32Array, colours: Int32Array): void {
    const { rows, width } = this.#looks
    const count = () => new Set(colours).size
    for (let before = 0, now = count(); now > before && now < width; before = now, now = count()) {
      const sums = new Int32Array(width)
      for (let c = 0; c < this.#components; c++) {
        const at = this.#row(c, vector[c]!)
        const { numbers } = rows[c]!
        const own = this.#own[c] ?? -1
        for (let member = 0; member < width; member++) {
          const look = numbers[at + member]!
          sums[member] = (sums[member]! + spread(look + (own < 0 ? 0 : colours[own]!))) | 0
          if (own >= 0) sums[own] = (sums[own]! + spread(imul(look, 5) + colours[member]!)) | 0
        }
      }
      for (let member = 0; member < width; member++) colours[member] = spread(imul(colours[member]!, 3) + sums[member]!)
    }
  }

  /**
   * The least vector of all orders of members that cannot be told apart so far: one of them is singled out after the other, which tells more of them
   * apart. Those that can be exchanged without any change need not be tried in turn.
   */
  #least(vector: Int32Array, colours: Int32Array, best: Int32Array | null): Int32Array {
    this.#refine(vector, colours)
    this.#sort(vector, colours)
    for (const { first, end } of this.#groups)
      for (let from = first; from < end;) {
        let to = from + 1
        while (to < end && colours[to] === colours[from]) to++
        const tried: number[] = []
        for (let member = from; member < to; member++)
          if (!tried.some((other) => this.#exchange(other, member).fixes(vector))) tried.push(member)
        if (tried.length > 1) {
          let least = best
          for (const member of tried) {
            const next = vector.slice()
            const said = colours.slice()
            if (member !== from) this.#exchange(from, member).apply(next)
            said[from] = spread(said[from]! ^ singled)
            least = this.#least(next, said, least)
          }
          return least!
        }
        from = to
      }
    const differs = best === null ? -1 : vector.findIndex((value, c) => value !== best[c])
    return best === null || (differs >= 0 && vector[differs]! < best[differs]!) ? vector : best
  }
}
