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
  /** By node and frame: the class + 1; 0 = not asked for. */
  #classes: number[][]

  constructor(search: Search, slots: SlotViews) {
    this.#search = search
    this.#slots = slots
    this.#layout = layoutFor(search.frames.map(() => 1))
    this.#set = new PackedSet(this.#layout.words)
    this.#key = new Int32Array(this.#layout.words)
    this.#classes = search.frames.map(() => [])
    this.#version = slots.version
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
    this.#key.fill(0)
    for (let node = 0; node < this.#classes.length; node++) {
      const frame = this.#search.frameOf(index, node)
      const known = this.#classes[node]![frame]
      const found = known === undefined ? this.#classify(node, frame) : known
      if (found > this.#layout.mask[node]!) {
        this.#widen()
        return this.of(index)
      }
      const word = this.#layout.word[node]!
      this.#key[word] = this.#key[word]! | (found << this.#layout.shift[node]!)
    }
    return this.#set.insert(this.#key, 0)
  }

  #classify(node: number, frame: number): number {
    const found = this.#slots.classOf(node, this.#search.frames[node]!.slots[frame]!)
    this.#classes[node]![frame] = found
    return found
  }

  #widen(): void {
    const after = layoutFor(this.#search.frames.map((_, node) => bitsFor(this.#slots.classCount(node))))
    this.#set.relayout(this.#layout, after)
    this.#layout = after
    this.#key = new Int32Array(after.words)
  }
}
