/**
 * Symmetry: of all vectors that differ only in the names of interchangeable nodes, one stands for all. DESIGN.md of this folder tells how it
 * is chosen and why every choice gives the same counts.
 */
import type { NodeId } from '../../../spec/kernel/index.ts'
import { canonical } from '../../model/data.ts'
import type { ValidModel } from '../../model/valid.ts'
import type { Alphabet } from './alphabet.ts'
import type { Agreement } from './agreement.ts'
import { Exchange } from './exchange.ts'
import type { Frames } from './frames.ts'
import { Interner } from './interner.ts'
import type { Ledger } from './ledger.ts'

const { isArray } = Array
const { entries } = Object

/** Data with names blurred; what was ordered by name alone is ordered by what is left. */
const blurred = (value: unknown, names: ReadonlyMap<NodeId, string>): unknown => {
  if (typeof value === 'string') return names.get(value) ?? value
  if (typeof value !== 'object' || value === null) return value
  if (isArray(value)) {
    const list = value.map((item) => blurred(item, names))
    const isOfNames = value.every((item) => typeof item === 'string' && names.has(item))
    return isOfNames ? list.map(String).toSorted() : list
  }
  return entries(value)
    .map(([key, inner]) => [names.get(key) ?? key, blurred(inner, names)])
    .map((field) => ({ field, text: canonical(field) }))
    .toSorted((a, b) => (a.text < b.text ? -1 : 1))
    .map(({ field }) => field)
}

export class Symmetry {
  /** Exchanges of neighbours in a group: together they give every exchange there is. */
  readonly neighbours: ReadonlyArray<Exchange>
  readonly #valid: ValidModel
  readonly #alphabets: ReadonlyArray<Alphabet>
  readonly #groups: ReadonlyArray<ReadonlyArray<number>>
  /** By position of the first and of the second. */
  readonly #exchanges: (Exchange | undefined)[][]
  readonly #looks: Interner<unknown>
  readonly #colours: Interner<string>
  /** By node, by other node (or the node itself), by frame: what the frame looks like to the other. */
  readonly #seenBy: number[][][]
  #frames: ReadonlyArray<Frames> = []
  #ledger: Ledger | null = null
  #scratch = new Int32Array(0)

  constructor(valid: ValidModel, alphabets: ReadonlyArray<Alphabet>, agreement: Agreement | null) {
    this.#valid = valid
    this.#looks = new Interner({ agreement })
    this.#colours = new Interner({ agreement })
    this.#alphabets = alphabets
    this.#groups = (valid.model.symmetric ?? [])
      .map((group) => group.map((id) => valid.ids.indexOf(id)).toSorted((a, b) => a - b))
      .filter((group) => group.length > 1)
    this.#exchanges = valid.ids.map(() => [])
    this.#seenBy = valid.ids.map(() => valid.ids.map(() => []))
    this.neighbours = this.#groups.flatMap((group) =>
      group.slice(1).map((second, index) => this.#exchange(group[index]!, second))
    )
  }

  /** The tables of a pass. */
  use(frames: ReadonlyArray<Frames>, ledger: Ledger): void {
    this.#frames = frames
    this.#ledger = ledger
    this.#scratch = new Int32Array(frames.length + 1)
    this.#seenBy.forEach((rows) => rows.forEach((row) => (row.length = 0)))
    this.#exchanges.forEach((row) => row.forEach((exchange) => exchange?.forget()))
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
    return (this.#exchanges[first]![second] ??= new Exchange(this.#valid, this.#alphabets, first, second))
  }

  #apply(exchange: Exchange, vector: Int32Array): void {
    exchange.apply(this.#frames, this.#ledger!, vector, this.#scratch)
    vector.set(this.#scratch)
  }

  /** What node `node` looks like to `other`: itself and `other` by name, every other interchangeable node by its group. */
  #look(node: number, other: number, frame: number): number {
    const row = this.#seenBy[node]![other]!
    const known = row[frame]
    if (known !== undefined) return known
    const names = new Map<NodeId, string>()
    this.#groups.forEach((group, index) => group.forEach((member) => names.set(this.#valid.ids[member]!, ` ${index}`)))
    if (names.has(this.#valid.ids[other]!)) names.set(this.#valid.ids[other]!, ' you')
    if (names.has(this.#valid.ids[node]!)) names.set(this.#valid.ids[node]!, ' me')
    const frames = this.#frames[node]!
    const place = names.has(this.#valid.ids[node]!) ? -1 : node
    const inbox = frames.letters(frame).map((letter) => blurred(frames.alphabet.stimuli.at(letter), names))
    const texts = inbox.map((letter) => canonical(letter))
    const found = this.#looks.id([
      place,
      blurred(frames.alphabet.slots.at(frames.slots[frame]!), names),
      this.#valid.model.network.kind === 'fifo' ? this.#byQueue(frames, frame, texts) : texts.toSorted()
    ])
    row[frame] = found
    return found
  }

  /** The queues of an inbox without the order of their senders. */
  #byQueue(frames: Frames, frame: number, texts: ReadonlyArray<string>): ReadonlyArray<string> {
    const senders = frames.letters(frame).map((letter) => frames.alphabet.senders[letter]!)
    return [...new Set(senders)]
      .map((sender) => texts.filter((_text, index) => senders[index] === sender).join())
      .toSorted()
  }

  /** A number that does not depend on names: how the node looks to itself, and how all the others look to it. */
  #colour(vector: Int32Array, node: number): number {
    const own = this.#look(node, node, vector[node]!)
    const others: number[][] = []
    for (let other = 0; other < this.#frames.length; other++)
      if (other !== node)
        others.push([this.#look(other, other, vector[other]!), this.#look(other, node, vector[other]!)])
    const text = `${own} ${others
      .map((pair) => pair.join('.'))
      .toSorted()
      .join(' ')}`
    return this.#colours.id(text)
  }

  /** Changes a vector into the one that stands for it. */
  readonly normalise = (vector: Int32Array): void => {
    for (const group of this.#groups) this.#sort(vector, group, (node) => this.#look(node, node, vector[node]!))
    const isTied = this.#groups.some((group) =>
      group.some((node, at) => at > 0 && this.#ties(vector, group[at - 1]!, node))
    )
    if (!isTied) return
    const colours = new Map<number, number>()
    const recolour = () =>
      this.#groups.forEach((group) => group.forEach((node) => colours.set(node, this.#colour(vector, node))))
    recolour()
    for (const group of this.#groups) {
      this.#sort(
        vector,
        group,
        (node) => colours.get(node)!,
        (a, b) => {
          const kept = colours.get(a)!
          colours.set(a, colours.get(b)!)
          colours.set(b, kept)
        }
      )
    }
    const open = this.neighbours.filter(({ first, second }) => colours.get(first) === colours.get(second))
    if (open.length > 0) this.#least(vector, open)
  }

  #ties(vector: Int32Array, one: number, other: number): boolean {
    return this.#look(one, one, vector[one]!) === this.#look(other, other, vector[other]!)
  }

  /** Sorts the nodes of a group by exchanging them. */
  #sort(
    vector: Int32Array,
    group: ReadonlyArray<number>,
    keyOf: (node: number) => number,
    onExchange: (one: number, other: number) => void = () => undefined
  ): void {
    for (let at = 0; at < group.length; at++) {
      let least = at
      for (let later = at + 1; later < group.length; later++)
        if (keyOf(group[later]!) < keyOf(group[least]!)) least = later
      if (least === at) continue
      this.#apply(this.#exchange(group[at]!, group[least]!), vector)
      onExchange(group[at]!, group[least]!)
    }
  }

  /** Tries every order of nodes that cannot be told apart so far, and keeps the least vector. */
  #least(vector: Int32Array, open: ReadonlyArray<Exchange>): void {
    const seen = new Map<string, Int32Array>([[vector.join(), vector.slice()]])
    const waiting = [vector.slice()]
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop())
      for (const exchange of open) {
        const other = next.slice()
        this.#apply(exchange, other)
        const text = other.join()
        if (seen.has(text)) continue
        seen.set(text, other)
        waiting.push(other)
      }
    for (const other of seen.values()) {
      const differs = other.findIndex((value, c) => value !== vector[c])
      if (differs >= 0 && other[differs]! < vector[differs]!) vector.set(other)
    }
  }
}
