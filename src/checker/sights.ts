/**
 * The distinct sights that states offer to the model's predicates: one class per node, packed and interned.
 *
 * Nodes that are neighbours in a state's key are looked up together: what a few bits of the key add to the sight is the same in all states.
 */
import { bitsFor, layoutFor, type Layout } from './engine/layout.ts'
import { PackedSet } from './engine/packed-set.ts'
import type { Search } from './engine/search.ts'
import type { SlotViews } from './slot-views.ts'

const { imul } = Math

/** Of a 32-bit hash, to leave the bits that choose a cell of the cache. */
const recentShift = 19

/** Bits of a key that are looked up at once, unless one node has more. */
const mostBits = 12

/** What was not looked up yet. A part that happens to be this number is looked up again and again, which is harmless. */
const unknown = -1

/** A run of bits in a state's key, and what each of its values adds to a sight. */
interface Part {
  readonly word: number
  readonly shift: number
  readonly mask: number
  readonly nodes: ReadonlyArray<number>
  /** By value, as many words as a sight has; as long as was needed so far. */
  row: Int32Array
}

/** The nodes of a layout, neighbours together. */
const partsOf = (layout: Layout, nodes: number): ReadonlyArray<Part> => {
  const { word, shift, width } = layout
  const inOrder = Array.from({ length: nodes }, (_, node) => node).toSorted(
    (a, b) => word[a]! - word[b]! || shift[a]! - shift[b]!
  )
  const groups: number[][] = []
  for (const node of inOrder) {
    const group = groups.at(-1)
    const [first = node] = group ?? []
    const bits = shift[node]! + width[node]! - shift[first]!
    if (group !== undefined && word[first] === word[node] && bits <= mostBits) group.push(node)
    else groups.push([node])
  }
  return groups.map((group) => {
    const first = group[0]!
    const last = group.at(-1)!
    const bits = shift[last]! + width[last]! - shift[first]!
    return { word: word[first]!, shift: shift[first]!, mask: 2 ** bits - 1, nodes: group, row: new Int32Array(0) }
  })
}

export class Sights {
  readonly #search: Search
  readonly #slots: SlotViews
  #layout: Layout
  #set: PackedSet
  #key: Int32Array
  #version = 0
  /** Sight and number + 1, by hash. */
  readonly #recent = new Int32Array(2 * 2 ** (32 - recentShift))
  #parts: ReadonlyArray<Part> = []
  /** The layout of states that parts are of. */
  #layoutOfStates: Layout

  constructor(search: Search, slots: SlotViews) {
    this.#search = search
    this.#slots = slots
    this.#layout = layoutFor(search.frames.map(() => 1))
    this.#set = new PackedSet(this.#layout.words)
    this.#key = new Int32Array(this.#layout.words)
    this.#version = slots.version
    this.#layoutOfStates = search.layout
    this.#forget()
  }

  #forget(): void {
    this.#recent.fill(0)
    this.#layoutOfStates = this.#search.layout
    this.#parts = partsOf(this.#layoutOfStates, this.#search.frames.length)
  }

  get size(): number {
    return this.#set.size
  }

  get bytes(): number {
    return this.#set.bytes
  }

  /** Whether something was read for the first time since the last call: all numbers given before are void then. */
  isRenewed(): boolean {
    if (this.#version === this.#slots.version) return false
    this.#version = this.#slots.version
    this.#set = new PackedSet(this.#layout.words)
    this.#forget()
    return true
  }

  /** The number of a state's sight; it is new if that equals {@link size} from before the call. */
  of(index: number): number {
    if (this.#layoutOfStates !== this.#search.layout) this.#forget()
    const { keys } = this.#search.states
    const key = this.#key
    const parts = this.#parts
    const at = index * this.#layoutOfStates.words
    key.fill(0)
    for (let p = 0; p < parts.length; p++) {
      const part = parts[p]!
      const value = (keys[at + part.word]! >>> part.shift) & part.mask
      const from = value * key.length
      if ((from >= part.row.length || part.row[from] === unknown) && !this.#lookUp(part, value)) return this.of(index)
      for (let k = 0; k < key.length; k++) key[k]! |= part.row[from + k]!
    }
    return key.length === 1 ? this.#idOf(key[0]!) : this.#set.insert(key, 0)
  }

  /** The number of a sight of one word, from a cache of those seen last. */
  #idOf(only: number): number {
    const cell = (imul(only, 0x9e3779b9) >>> recentShift) * 2
    const recent = this.#recent
    if (recent[cell] === only && recent[cell + 1] !== 0) return recent[cell + 1]! - 1
    const id = this.#set.insert(this.#key, 0)
    recent[cell] = only
    recent[cell + 1] = id + 1
    return id
  }

  /** Finds what a value of a part adds. False where a class did not fit, and sights are wider now. */
  #lookUp(part: Part, value: number): boolean {
    const { shift, mask } = this.#layoutOfStates
    const words = this.#key.length
    const added = new Int32Array(words)
    for (const node of part.nodes) {
      const frame = (value >>> (shift[node]! - part.shift)) & mask[node]!
      const found = this.#slots.classOf(node, this.#search.frames[node]!.slots[frame]!)
      if (found > this.#layout.mask[node]!) {
        this.#widen()
        return false
      }
      added[this.#layout.word[node]!]! |= found << this.#layout.shift[node]!
    }
    if ((value + 1) * words > part.row.length) {
      const { row } = part
      part.row = new Int32Array(Math.min(2 * value + 16, part.mask + 1) * words).fill(unknown)
      part.row.set(row)
    }
    part.row.set(added, value * words)
    return true
  }

  #widen(): void {
    const after = layoutFor(this.#search.frames.map((_, node) => bitsFor(this.#slots.classCount(node))))
    this.#set.relayout(this.#layout, after)
    this.#layout = after
    this.#key = new Int32Array(after.words)
    this.#forget()
  }
}
