/**
 * Two interchangeable nodes change places: what becomes of slots, stimuli, frames and ledger pages, as tables.
 *
 * A node's own data moves to the other place, and everywhere the names are exchanged.
 */
import type { NodeId } from '../../../spec/kernel/index.ts'
import { renamed, type Swap } from '../../model/rename.ts'
import type { Local, Stimulus } from '../../model/local.ts'
import { refuse } from '../../model/problem.ts'
import type { ValidModel } from '../../model/valid.ts'
import type { Alphabet } from './alphabet.ts'
import type { Frames } from './frames.ts'
import type { Ledger, LedgerPage } from './ledger.ts'

export class Exchange {
  readonly first: number
  readonly second: number
  readonly swap: Swap
  readonly #valid: ValidModel
  readonly #alphabets: ReadonlyArray<Alphabet>
  readonly #nodes: ReadonlySet<NodeId>
  /** By node and frame, and by page. */
  readonly #frames: number[][]
  readonly #pages: number[] = []

  constructor(valid: ValidModel, alphabets: ReadonlyArray<Alphabet>, first: number, second: number) {
    this.#valid = valid
    this.#alphabets = alphabets
    this.first = first
    this.second = second
    this.swap = { one: valid.ids[first]!, other: valid.ids[second]! }
    this.#nodes = new Set(valid.ids)
    this.#frames = valid.ids.map(() => [])
  }

  /** Frames and pages have other numbers in the next pass. */
  forget(): void {
    this.#frames.forEach((row) => (row.length = 0))
    this.#pages.length = 0
  }

  /** The place that a node's data moves to. */
  place(node: number): number {
    return node === this.first ? this.second : node === this.second ? this.first : node
  }

  data<A>(value: A): A {
    return renamed(value, this.swap, this.#nodes) as A
  }

  /** The slot in the alphabet of the place it moves to. */
  slot(node: number, slot: number): number {
    const local: Local = this.#alphabets[node]!.slots.at(slot)
    return this.#alphabets[this.place(node)]!.slots.id(this.data(local))
  }

  stimulus(node: number, stimulus: number): number {
    const cause: Stimulus = this.#alphabets[node]!.stimuli.at(stimulus)
    return this.#alphabets[this.place(node)]!.stimulus(this.data(cause))
  }

  /** The frame in the table of the place it moves to. */
  frame(all: ReadonlyArray<Frames>, node: number, frame: number): number {
    const row = this.#frames[node]!
    const known = row[frame]
    if (known !== undefined) return known
    const from = all[node]!
    const to = all[this.place(node)]!
    const letters = to.inboxes.ordered(from.letters(frame).map((letter) => this.stimulus(node, letter)))
    const found = to.frame(this.slot(node, from.slots[frame]!), letters)
    row[frame] = found
    return found
  }

  page(ledger: Ledger, page: number): number {
    return (this.#pages[page] ??= ledger.pages.id(this.#page(ledger.pages.at(page))))
  }

  #page(page: LedgerPage): LedgerPage {
    return { ...page, cut: this.cut(page.cut), contents: this.data(page.contents) }
  }

  /** The cut that cuts the same links after the exchange; -1, none, stays. */
  cut(cut: number): number {
    if (cut < 0) return -1
    const linksOf = (index: number, exchanged: boolean) =>
      (this.#valid.cuts[index]?.links ?? [])
        .map((link) => (exchanged ? link.map((id) => this.data(id)) : link).join(' '))
        .toSorted()
        .join()
    const wanted = linksOf(cut, true)
    const found = this.#valid.cuts.findIndex((_cut, index) => linksOf(index, false) === wanted)
    if (found >= 0) return found
    const { one, other } = this.swap
    return refuse('Q110', `no cut is "${this.#valid.cuts[cut]?.name}" with ${one} and ${other} exchanged`, [
      `model ${this.#valid.model.name}`,
      'symmetric'
    ])
  }

  /** Moves a whole vector: a frame per node, then the ledger page. */
  apply(all: ReadonlyArray<Frames>, ledger: Ledger, vector: Int32Array, into: Int32Array): void {
    const nodes = all.length
    for (let node = 0; node < nodes; node++) into[this.place(node)] = this.frame(all, node, vector[node]!)
    into[nodes] = this.page(ledger, vector[nodes]!)
  }
}
