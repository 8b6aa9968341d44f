/** The distinct sights that states offer to the model's predicates: one class per node, packed and interned. */
import { bitsFor, layoutFor, type Layout } from './engine/layout.ts'
import { PackedSet } from './engine/packed-set.ts'
import type { Search } from './engine/search.ts'
import type { SlotViews } from './slot-views.ts'

const { imul } = Math

/** Of a 32-bit hash, to leave the bits that choose a cell of the cache. */
const recentShift = 19

export class Sights {
  readonly #search: Search
  readonly #slots: SlotViews
  #layout: Layout
  #set: PackedSet
  #key: Int32Array
  #version = 0
  /** Sight and number + 1, by hash. */
  readonly #recent = new Int32Array(2 * 2 ** (32 - recentShift))
  /** By node and frame: the class + 1; 0 where it was not asked for. */
  #classes: Int32Array[]

  constructor(search: Search, slots: SlotViews) {
    this.#search = search
    this.#slots = slots
    this.#layout = layoutFor(search.frames.map(() => 1))
    this.#set = new PackedSet(this.#layout.words)
    this.#key = new Int32Array(this.#layout.words)
    this.#classes = search.frames.map(() => new Int32Array(0))
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
    this.#classes = this.#search.frames.map(() => new Int32Array(0))
    this.#set = new PackedSet(this.#layout.words)
    this.#recent.fill(0)
    return true
  }

  /** The number of a state's sight; it is new if that equals {@link size} from before the call. */
  of(index: number): number {
    const { word, shift, mask } = this.#layout
    const { layout, states } = this.#search
    const key = this.#key
    const classes = this.#classes
    const at = index * layout.words
    key.fill(0)
    for (let node = 0; node < classes.length; node++) {
      const frame = (states.keys[at + layout.word[node]!]! >>> layout.shift[node]!) & layout.mask[node]!
      const row = classes[node]!
      const known = frame < row.length ? row[frame]! : 0
      const found = known === 0 ? this.#classify(node, frame) : known - 1
      if (found > mask[node]!) {
        this.#widen()
        return this.of(index)
      }
      key[word[node]!]! |= found << shift[node]!
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

  #classify(node: number, frame: number): number {
    const found = this.#slots.classOf(node, this.#search.frames[node]!.slots[frame]!)
    const classes = this.#classes[node]!
    if (frame >= classes.length) {
      this.#classes[node] = new Int32Array(2 * frame + 16)
      this.#classes[node].set(classes)
    }
    this.#classes[node]![frame] = found + 1
    return found
  }

  #widen(): void {
    const after = layoutFor(this.#search.frames.map((_, node) => bitsFor(this.#slots.classCount(node))))
    this.#set.relayout(this.#layout, after)
    this.#recent.fill(0)
    this.#layout = after
    this.#key = new Int32Array(after.words)
  }
}
