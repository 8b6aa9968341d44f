/** The distinct sights that states offer to the model's predicates: one class per node, packed and interned. */
import { bitsFor, layoutFor, type Layout } from './engine/layout.ts'
import { PackedSet } from './engine/packed-set.ts'
import type { Search } from './engine/search.ts'
import type { SlotViews } from './slot-views.ts'

export class Sights {
  readonly #search: Search
  readonly #slots: SlotViews
  #layout: Layout
  #set: PackedSet
  #key: Int32Array
  #version = 0
  readonly #vector: Int32Array
  /** By node and frame: the class; undefined where it was not asked for. */
  #classes: (number | undefined)[][]

  constructor(search: Search, slots: SlotViews) {
    this.#search = search
    this.#slots = slots
    this.#layout = layoutFor(search.frames.map(() => 1))
    this.#set = new PackedSet(this.#layout.words)
    this.#key = new Int32Array(this.#layout.words)
    this.#classes = search.frames.map(() => [])
    this.#version = slots.version
    this.#vector = new Int32Array(search.frames.length)
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
    this.#classes = this.#search.frames.map(() => [])
    this.#set = new PackedSet(this.#layout.words)
    return true
  }

  /** The number of a state's sight; it is new if that equals {@link size} from before the call. */
  of(index: number): number {
    const { word, shift, mask } = this.#layout
    const key = this.#key
    const vector = this.#vector
    this.#search.readFrames(index, vector)
    key.fill(0)
    for (let node = 0; node < vector.length; node++) {
      const found = this.#classes[node]![vector[node]!] ?? this.#classify(node, vector[node]!)
      if (found > mask[node]!) {
        this.#widen()
        return this.of(index)
      }
      key[word[node]!] = key[word[node]!]! | (found << shift[node]!)
    }
    return this.#set.insert(key, 0)
  }

  #classify(node: number, frame: number): number {
    const found = this.#slots.classOf(node, this.#search.frames[node]!.slots[frame]!)
    const classes = this.#classes[node]!
    // Filled without holes, so that the array stays a packed one.
    while (classes.length <= frame) classes.push(undefined)
    classes[frame] = found
    return found
  }

  #widen(): void {
    const after = layoutFor(this.#search.frames.map((_, node) => bitsFor(this.#slots.classCount(node))))
    this.#set.relayout(this.#layout, after)
    this.#layout = after
    this.#key = new Int32Array(after.words)
  }
}
