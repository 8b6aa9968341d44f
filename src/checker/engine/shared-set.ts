/**
 * The visited set of several threads, on memory that they share. A thread takes a run of places at the end for itself, writes a key into the next of
 * them, and then puts the key's position into the table, in one indivisible step. Where another was quicker with the same key, the place is
 * kept for the next one; places that are still empty when the level is done are filled with the last keys.
 *
 * Entries of the table are read plainly, which is much cheaper. An entry is written once between two gatherings, so one that is read too early
 * is 0, and the step that would fill it is refused and says what stands there. Where it is not 0, the key was written before it; the key is found by what
 * was read, and no processor reads it earlier than that.
 *
 * For more room each thread fills a part of the new table; the layout is changed by one thread while the others wait.
 */
import type { Layout } from './layout.ts'
import { batchSize, fullness, PackedSet, smallestTable } from './packed-set.ts'
import { addedCells, sizeCell, type Team } from './team.ts'

const { add, compareExchange, load, store } = Atomics
const { floor, log2, min } = Math

/** Places that a thread takes at a time: some cache lines to itself, and rare traffic at the one counter. */
const run = 64

/** Thrown in every thread: the memory set apart for states is full. */
export class OutOfRoom extends Error {}

export class SharedSet extends PackedSet {
  readonly #team: Team
  readonly #control: Int32Array
  readonly #whole: Int32Array
  /** The places that this thread has taken and not used: from the next one to before the end. */
  #next = 0
  #end = 0
  /** Keys that this thread has added since ranks were closed. */
  #added = 0

  /** One must {@link begin}, or {@link take} what one thread found, or {@link adopt} what all of them have. */
  constructor(words: number, team: Team) {
    super(words)
    this.#team = team
    this.#control = team.control
    this.#whole = new Int32Array(team.memory.table)
    this.keys = new Int32Array(team.memory.keys)
  }

  /** All threads together: nothing is in it. */
  begin(): void {
    if (this.#team.rank === 0) this.take(new PackedSet(this.words))
    this.#team.gather(null)
    this.adopt(smallestTable, this.words)
  }

  /**
   * The first thread, before the others come.
   *
   * @throws OutOfRoom where it is too much
   */
  take(found: PackedSet): void {
    const used = found.size * found.words
    while (found.size > fullness * 2 ** this.bits && this.largerBits() > this.bits) this.bits = this.largerBits()
    if (used > this.keys.length || found.size > fullness * 2 ** this.bits) throw new OutOfRoom()
    this.keys.set(found.keys.subarray(0, used))
    this.size = found.size
    store(this.#control, sizeCell, found.size)
    this.rebuild(this.bits)
  }

  /** Goes on with a table of this size, and keys as long as they are now. */
  adopt(bits: number, words: number): void {
    this.bits = bits
    this.words = words
    this.table = this.#whole.subarray(0, 2 ** bits)
    this.size = load(this.#control, sizeCell)
  }

  /** Of the table's size. */
  get tableBits(): number {
    return this.bits
  }

  protected override clearTable(): void {
    this.table = this.#whole.subarray(0, 2 ** this.bits)
    this.table.fill(0)
  }

  override get count(): number {
    let count = this.size
    for (let rank = 0; rank < this.#team.size; rank++) count += load(this.#control, addedCells + rank)
    return count
  }

  /** How many places there may be when every thread has inserted a batch. */
  get #soon(): number {
    return load(this.#control, sizeCell) + (this.#team.size + 1) * (batchSize + run)
  }

  /** Whether every thread may insert a batch. */
  get hasRoom(): boolean {
    return this.#soon <= fullness * this.table.length && this.#soon * this.words <= this.keys.length
  }

  /** Whether more states than memory was set apart for would have to be stored. */
  get isFull(): boolean {
    return this.#soon * this.words > this.keys.length || this.largerBits() === this.bits
  }

  protected override largerBits(): number {
    return min(super.largerBits(), log2(this.#whole.length))
  }

  /** One key, where it is or will be. */
  override insert(keys: Int32Array, at: number): number {
    const hash = this.hash(keys, at)
    return this.#put(keys, at, hash, hash & (this.table.length - 1))
  }

  /** Puts a key where it is not yet, unless another thread does: from a slot of the table on. Its index. */
  #put(keys: Int32Array, at: number, hash: number, from: number): number {
    const { table, words, bits } = this
    const mask = (1 << bits) - 1
    for (let slot = from; ; slot = (slot + 1) & mask) {
      let entry = table[slot]!
      if (entry === 0) {
        if (this.#next === this.#end) this.#takePlaces()
        const position = this.#next
        for (let w = 0; w < words; w++) this.keys[position * words + w] = keys[at + w]!
        entry = compareExchange(table, slot, 0, (hash & ~mask) | (position + 1))
        if (entry === 0) {
          this.#next++
          this.#added++
          return position
        }
      }
      if ((entry ^ hash) >>> bits === 0 && this.same(keys, at, (entry & mask) - 1)) return (entry & mask) - 1
    }
  }

  #takePlaces(): void {
    this.#next = add(this.#control, sizeCell, run)
    this.#end = this.#next + run
  }

  /** There must be room for it. */
  override insertBatch(batch: Int32Array, count: number): void {
    if (this.words === 2) this.#insertPairs(batch, count)
    else for (let i = 0; i < count; i++) this.insert(batch, i * this.words)
    store(this.#control, addedCells + this.#team.rank, this.#added)
  }

  /** As in the set of one thread: touch the table, touch the keys, compare. */
  #insertPairs(batch: Int32Array, count: number): void {
    const { table, keys, hashes, bits } = this
    const mask = (1 << bits) - 1
    const left = this.sift(batch, count)
    for (let i = 0; i < left; i++) {
      const hash = hashes[i]!
      const low = batch[i * 2]!
      const high = batch[i * 2 + 1]!
      for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
        const entry = table[slot]!
        if (entry === 0) {
          this.#put(batch, i * 2, hash, slot)
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
    const gaps = this.#team.gather([this.#next, this.#end] as const)
    this.#next = 0
    this.#end = 0
    this.#added = 0
    store(this.#control, addedCells + this.#team.rank, 0)
    if (this.#team.rank === 0)
      // From the last one on, so that the last place is never one that is still to be filled.
      for (const [first, end] of gaps.toSorted(([one], [other]) => other - one))
        for (let gap = end - 1; gap >= first; gap--) this.#fill(gap, add(this.#control, sizeCell, -1) - 1)
    this.#team.gather(null)
    this.size = load(this.#control, sizeCell)
  }

  /** Moves the last key to an empty place. */
  #fill(place: number, last: number): void {
    if (place === last) return
    const { table, keys, words, bits } = this
    const mask = (1 << bits) - 1
    const hash = this.hash(keys, last * words)
    let slot = hash & mask
    while ((table[slot]! & mask) !== last + 1) slot = (slot + 1) & mask
    table[slot] = (hash & ~mask) | (place + 1)
    keys.copyWithin(place * words, last * words, (last + 1) * words)
  }

  /** All threads together: a larger table. */
  grow(): void {
    this.closeRanks()
    this.adopt(this.largerBits(), this.words)
    const { rank, size } = this.#team
    const from = floor((rank * this.table.length) / size)
    const end = floor(((rank + 1) * this.table.length) / size)
    this.table.fill(0, from, end)
    const left = this.#team.gather(this.fill(from, end)).flat()
    if (rank === 0) left.forEach((index) => this.place(index))
    this.#team.gather(null)
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
    this.adopt(this.bits, after.words)
  }
}
