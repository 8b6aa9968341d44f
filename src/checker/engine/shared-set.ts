/**
 * The visited set of several threads, on memory that they share. A thread puts a key at the end, and then its position into the table, in
 * one indivisible step. Where another was quicker with the same key, the place at the end is kept for the next one; a place that is
 * still empty when the level is done is filled with the last key.
 *
 * Room is made, and the layout changed, by one thread while the others wait.
 */
import type { Layout } from './layout.ts'
import { batchSize, fullness, PackedSet, smallestTable } from './packed-set.ts'
import { sizeCell, type Team } from './team.ts'

const { add, compareExchange, load, store } = Atomics
const { log2, min } = Math

const none = -1

/** Thrown in every thread: the memory set apart for states is full. */
export class OutOfRoom extends Error {}

export class SharedSet extends PackedSet {
  readonly #team: Team
  readonly #control: Int32Array
  readonly #whole: Int32Array
  /** A place at the end that this thread took and has no key for. */
  #spare = none

  /** Every thread makes one at the same time. */
  constructor(words: number, team: Team) {
    super(words)
    this.#team = team
    this.#control = team.control
    this.#whole = new Int32Array(team.memory.table)
    this.keys = new Int32Array(team.memory.keys)
    if (team.rank === 0) {
      store(team.control, sizeCell, 0)
      this.clearTable()
    }
    this.#adopt(smallestTable, words)
    team.gather(null)
  }

  protected override clearTable(): void {
    this.table = this.#whole.subarray(0, 2 ** this.bits)
    this.table.fill(0)
  }

  #adopt(bits: number, words: number): void {
    this.bits = bits
    this.words = words
    this.table = this.#whole.subarray(0, 2 ** bits)
    this.size = load(this.#control, sizeCell)
  }

  override get count(): number {
    return load(this.#control, sizeCell)
  }

  /** How many keys there may be when every thread has inserted a batch. */
  get #soon(): number {
    return load(this.#control, sizeCell) + (this.#team.size + 1) * batchSize
  }

  /** Whether every thread may insert a batch. */
  get hasRoom(): boolean {
    return this.#soon <= fullness * 2 ** this.bits && this.#soon * this.words <= this.keys.length
  }

  /** Whether more states than memory was set apart for would have to be stored. */
  get isFull(): boolean {
    return this.#soon * this.words > this.keys.length || this.largerBits() === this.bits
  }

  protected override largerBits(): number {
    return min(super.largerBits(), log2(this.#whole.length))
  }

  /** One key, by the only thread that is at work. */
  override insert(keys: Int32Array, at: number): number {
    const known = this.find(keys, at)
    if (known >= 0) return known
    this.#put(keys, at, this.hash(keys, at))
    this.size = load(this.#control, sizeCell)
    return this.size - 1
  }

  /** Puts a key where it is not yet, unless another thread does. */
  #put(keys: Int32Array, at: number, hash: number): void {
    const { table, words, bits } = this
    const mask = 2 ** bits - 1
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      let entry = load(table, slot)
      if (entry === 0) {
        if (this.#spare === none) this.#spare = add(this.#control, sizeCell, 1)
        const position = this.#spare
        for (let w = 0; w < words; w++) this.keys[position * words + w] = keys[at + w]!
        entry = compareExchange(table, slot, 0, (hash & ~mask) | (position + 1))
        if (entry === 0) {
          this.#spare = none
          return
        }
      }
      if ((entry ^ hash) >>> bits === 0 && this.same(keys, at, (entry & mask) - 1)) return
    }
  }

  /** There must be room for it. */
  override insertBatch(batch: Int32Array, count: number): void {
    if (this.words === 2) this.#insertPairs(batch, count)
    else for (let i = 0; i < count; i++) this.#put(batch, i * this.words, this.hash(batch, i * this.words))
  }

  /** As in the set of one thread: touch the table, touch the keys, compare. */
  #insertPairs(batch: Int32Array, count: number): void {
    const { table, keys, hashes, bits } = this
    const mask = 2 ** bits - 1
    const left = this.sift(batch, count)
    for (let i = 0; i < left; i++) {
      const hash = hashes[i]!
      const low = batch[i * 2]!
      const high = batch[i * 2 + 1]!
      for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
        const entry = table[slot]!
        if (entry === 0) {
          this.#put(batch, i * 2, hash)
          break
        }
        if ((entry ^ hash) >>> bits === 0) {
          const at = ((entry & mask) - 1) * 2
          if (keys[at] === low && keys[at + 1] === high) break
        }
      }
    }
  }

  /** All threads together, each with nothing left to insert: no place is empty after it. */
  closeRanks(): void {
    const spares = this.#team.gather(this.#spare).filter((spare) => spare !== none)
    this.#spare = none
    if (spares.length > 0 && this.#team.rank === 0)
      for (const spare of spares.toSorted((a, b) => b - a)) this.#fill(spare, add(this.#control, sizeCell, -1) - 1)
    this.#team.gather(null)
    this.size = load(this.#control, sizeCell)
  }

  /** Moves the last key to an empty place. */
  #fill(place: number, last: number): void {
    if (place === last) return
    const { table, keys, words, bits } = this
    const mask = 2 ** bits - 1
    const hash = this.hash(keys, last * words)
    let slot = hash & mask
    while ((table[slot]! & mask) !== last + 1) slot = (slot + 1) & mask
    table[slot] = (hash & ~mask) | (place + 1)
    keys.copyWithin(place * words, last * words, (last + 1) * words)
  }

  /** All threads together: a larger table. */
  grow(): void {
    this.closeRanks()
    const bits = this.largerBits()
    if (this.#team.rank === 0) this.rebuild(bits)
    this.#team.gather(null)
    this.#adopt(bits, this.words)
  }

  /**
   * All threads together.
   *
   * @throws OutOfRoom where the keys get too long
   */
  override relayout(before: Layout, after: Layout): void {
    this.closeRanks()
    if (this.size * after.words > this.keys.length) throw new OutOfRoom()
    if (this.#team.rank === 0) super.relayout(before, after)
    else this.forget()
    this.#team.gather(null)
    this.#adopt(this.bits, after.words)
  }
}
