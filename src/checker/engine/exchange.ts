/**
 * Two members of a symmetric group change places: what becomes of slots, stimuli, frames and ledger pages, as tables.
 *
 * A node's own data moves to the other place, and everywhere the names are exchanged.
 */
import type { NodeId } from '../../../spec/kernel/index.ts'
import { arranged } from '../../model/clients.ts'
import { renamed } from '../../model/rename.ts'
import type { Local, Stimulus } from '../../model/local.ts'
import { refuse } from '../../model/problem.ts'
import type { Swap } from '../../model/symmetric.ts'
import type { ValidModel } from '../../model/valid.ts'
import type { Alphabet } from './alphabet.ts'
import type { Frames } from './frames.ts'
import type { Ledger, LedgerPage } from './ledger.ts'

/** Numbers by number, + 1; 0 where not known yet. */
const withRoomFor = (row: Int32Array, index: number): Int32Array => {
  if (index < row.length) return row
  const larger = new Int32Array(2 * index + 64)
  larger.set(row)
  return larger
}

export class Exchange {
  readonly swap: Swap
  readonly #valid: ValidModel
  readonly #alphabets: ReadonlyArray<Alphabet>
  readonly #ids: ReadonlySet<NodeId>
  readonly #places: Int32Array
  /** By node and frame, at last by page: the image + 1; 0 where it was not asked for. */
  readonly #images: Int32Array[]
  /** The same by slot, and by stimulus. */
  readonly #slots: Int32Array[]
  readonly #stimuli: Int32Array[]
  readonly #scratch: Int32Array
  #frames: ReadonlyArray<Frames> = []
  #ledger: Ledger | null = null

  constructor(valid: ValidModel, alphabets: ReadonlyArray<Alphabet>, swap: Swap) {
    this.#valid = valid
    this.#alphabets = alphabets
    this.swap = swap
    this.#ids = new Set(valid.ids)
    this.#places = Int32Array.from([...swap.places, valid.ids.length])
    const rows = () => swap.places.map(() => new Int32Array(0))
    this.#images = [...rows(), new Int32Array(0)]
    this.#slots = rows()
    this.#stimuli = rows()
    this.#scratch = new Int32Array(this.#places.length)
  }

  /** The tables of a pass: frames and pages have other numbers in the next one. */
  use(frames: ReadonlyArray<Frames>, ledger: Ledger): void {
    this.#frames = frames
    this.#ledger = ledger
    this.#images.forEach((row) => row.fill(0))
  }

  /** The place that a node's data moves to. */
  place(node: number): number {
    return this.#places[node]!
  }

  data<A>(value: A): A {
    return renamed(value, this.swap.renaming, this.#ids) as A
  }

  /** The contents of histories. */
  contents(contents: ReadonlyArray<unknown>): ReadonlyArray<unknown> {
    return contents.map((content, index) => arranged(this.#valid, index, this.data(content)))
  }

  /** The slot in the alphabet of the place it moves to. */
  slot(node: number, slot: number): number {
    const row = this.#slots[node]!
    if (slot < row.length && row[slot] !== 0) return row[slot]! - 1
    const local: Local = this.#alphabets[node]!.slots.at(slot)
    return this.#noted(this.#slots, node, slot, this.#alphabets[this.place(node)]!.slots.id(this.data(local)))
  }

  stimulus(node: number, stimulus: number): number {
    const row = this.#stimuli[node]!
    if (stimulus < row.length && row[stimulus] !== 0) return row[stimulus]! - 1
    const cause: Stimulus = this.#alphabets[node]!.stimuli.at(stimulus)
    return this.#noted(this.#stimuli, node, stimulus, this.#alphabets[this.place(node)]!.stimulus(this.data(cause)))
  }

  #noted(rows: Int32Array[], place: number, value: number, image: number): number {
    const row = (rows[place] = withRoomFor(rows[place]!, value))
    row[value] = image + 1
    return image
  }

  #frame(node: number, frame: number): number {
    const from = this.#frames[node]!
    const to = this.#frames[this.place(node)]!
    const letters = to.inboxes.ordered(from.letters(frame).map((letter) => this.stimulus(node, letter)))
    return to.frame(this.slot(node, from.slots[frame]!), letters)
  }

  #page({ cut, left, asked, contents }: LedgerPage): LedgerPage {
    const exchanged = [...asked]
    asked.forEach((times, request) => (exchanged[this.swap.requests[request]!] = times))
    return { cut: this.cut(cut), left, asked: exchanged, contents: this.contents(contents) }
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

  /** The image of a component of a vector, the frame of a node or the page, met for the first time. */
  #find(component: number, value: number): number {
    const ledger = this.#ledger!
    const image =
      component < this.#frames.length
        ? this.#frame(component, value)
        : ledger.pages.id(this.#page(ledger.pages.at(value)))
    return this.#noted(this.#images, component, value, image)
  }

  /** Moves a whole vector: a frame per node, then the ledger page. */
  apply(vector: Int32Array): void {
    const images = this.#images
    const places = this.#places
    const into = this.#scratch
    for (let c = 0; c < places.length; c++) {
      const row = images[c]!
      const value = vector[c]!
      const known = value < row.length ? row[value]! : 0
      into[places[c]!] = known !== 0 ? known - 1 : this.#find(c, value)
    }
    for (let c = 0; c < places.length; c++) vector[c] = into[c]!
  }

  /** Whether a vector stays as it is. */
  fixes(vector: Int32Array): boolean {
    const images = this.#images
    const places = this.#places
    for (let c = 0; c < places.length; c++) {
      const row = images[c]!
      const value = vector[c]!
      const known = value < row.length ? row[value]! : 0
      if (vector[places[c]!] !== (known !== 0 ? known - 1 : this.#find(c, value))) return false
    }
    return true
  }
}
