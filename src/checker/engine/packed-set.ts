/**
 * The visited set: exact keys of a few words, in the order they were found.
 *
 * Keys stand densely in one array, so a key's position is its index and a level of the search is a range. The hash
 * table holds one word per entry: the position in its low bits and, in the bits the position does not need, the bits
 * of the hash that the table's size does not use. Nearly every mismatch is seen without touching the key.
 *
 * Keys come in batches. A probe into a table of a hundred megabytes waits for memory, and a loop of independent loads
 * lets the processor wait for many at once: so a batch first touches its table entries, then the keys they point to,
 * and only then compares and inserts. Most keys never get that far: two orders of the same two actions lead to one state, mostly soon after
 * each other, and a small cache of the keys seen last knows three of four.
 */
import { repack, type Layout } from './layout.ts'

const { imul, min } = Math

/** Keys per batch: enough loads in flight, and scratch arrays that stay in the nearest caches. */
export const batchSize = 1024

/** Entries in use, of the table's size, before the table doubles. */
export const fullness = 0.72

/** Of what fills a table: from here on its growth is to be reckoned with. */
const nearly = 0.95

export const smallestTable = 12

/** Pairs kept in the cache of recent keys, less one: a megabyte, which second-level caches have room for. */
const recentMask = 2 ** 17 - 1

const hashPair = (low: number, high: number): number => {
  let hash = imul(0x9e3779b9 ^ low, 0x7feb352d)
  hash ^= hash >>> 15
  hash = imul(hash ^ high, 0x7feb352d)
  hash ^= hash >>> 15
  hash = imul(hash, 0x846ca68b)
  return hash ^ (hash >>> 16)
}

/**
 * Room is set apart for this many times what is needed. It is used from the front, and memory that is not touched is not taken; what is left behind
 * is, until the garbage is collected. So only a small search moves.
 */
const reserveFor = (words: number): number => (words < 2 ** 16 ? 16 : 1024)

/** Thrown where the system has no more memory to give. */
export class OutOfMemory extends Error {}

/** Zeros: room for so many words, and for as many more as the system will promise. */
const roomFor = (words: number): Int32Array => {
  for (let times = reserveFor(words); ; times /= 2)
    try {
      return new Int32Array(words * times)
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      if (times === 1) throw new OutOfMemory('the memory that the system gives')
    }
}

/** The same numbers, with room for so many of them: in another array only if there was too little. */
export const grown = (numbers: Int32Array, length: number): Int32Array => {
  if (length <= numbers.length) return numbers
  const larger = roomFor(length)
  larger.set(numbers)
  return larger
}

/** Tables below this many bits grow fourfold: every growth places all keys anew, and waits for memory at each. */
const largeTable = 24

export class PackedSet {
  /** How many keys there are. */
  size = 0
  words: number
  /** The keys, `words` words each. */
  keys: Int32Array
  protected table: Int32Array
  protected bits: number
  /** The table is the beginning of it. */
  #tableRoom: Int32Array
  protected readonly hashes = new Int32Array(batchSize)
  protected readonly entries = new Int32Array(batchSize)
  /** Pairs seen lately, by hash. Two ways to the same state are mostly found soon after each other. */
  protected recent = new Int32Array(0)

  constructor(words: number) {
    this.words = words
    this.bits = smallestTable
    this.table = new Int32Array(2 ** smallestTable)
    this.#tableRoom = this.table
    this.keys = new Int32Array(2 ** smallestTable * words)
  }

  /** How many keys there are, also while threads are adding to them. */
  get count(): number {
    return this.size
  }

  /** Bytes that keys and table take, without what is only reserved. */
  get bytes(): number {
    return this.count * this.words * this.keys.BYTES_PER_ELEMENT + this.table.byteLength
  }

  /** Bytes that the table is about to take: it is nearly full, and all of a larger one is touched at once. */
  get growth(): number {
    const isNearlyFull = this.count > nearly * fullness * this.table.length
    return isNearlyFull ? (2 ** this.largerBits() - this.table.length) * this.table.BYTES_PER_ELEMENT : 0
  }

  protected hash(keys: Int32Array, at: number): number {
    let hash = 0x9e3779b9
    for (let w = 0; w < this.words; w++) {
      hash = imul(hash ^ keys[at + w]!, 0x7feb352d)
      hash ^= hash >>> 15
    }
    hash = imul(hash, 0x846ca68b)
    return hash ^ (hash >>> 16)
  }

  protected same(keys: Int32Array, at: number, index: number): boolean {
    const mine = index * this.words
    for (let w = 0; w < this.words; w++) if (this.keys[mine + w] !== keys[at + w]) return false
    return true
  }

  /** The index of a key, or -1. */
  find(keys: Int32Array, at: number): number {
    const bits = this.bits
    const mask = (1 << bits) - 1
    const hash = this.hash(keys, at)
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const entry = this.table[slot]!
      if (entry === 0) return -1
      if ((entry ^ hash) >>> bits === 0 && this.same(keys, at, (entry & mask) - 1)) return (entry & mask) - 1
    }
  }

  /** Inserts one key; its index, whether it is new or not. */
  insert(keys: Int32Array, at: number): number {
    this.#makeRoom(1)
    const table = this.table
    const bits = this.bits
    const mask = (1 << bits) - 1
    const hash = this.hash(keys, at)
    let slot = hash & mask
    for (let entry = table[slot]!; entry !== 0; entry = table[slot]!) {
      if ((entry ^ hash) >>> bits === 0 && this.same(keys, at, (entry & mask) - 1)) return (entry & mask) - 1
      slot = (slot + 1) & mask
    }
    table[slot] = (hash & ~mask) | (this.size + 1)
    const end = this.size * this.words
    for (let w = 0; w < this.words; w++) this.keys[end + w] = keys[at + w]!
    return this.size++
  }

  /** Inserts the first `count` keys of a batch, at most {@link batchSize}, in order. */
  insertBatch(batch: Int32Array, count: number): void {
    this.#makeRoom(count)
    if (this.words === 2) this.#insertPairs(batch, count)
    else for (let i = 0; i < count; i++) this.insert(batch, i * this.words)
  }

  /**
   * Moves the pairs of a batch that were not seen lately to its front, with their hashes, and touches what they will be compared with.
   *
   * @returns how many they are
   */
  protected sift(batch: Int32Array, count: number): number {
    if (this.recent.length === 0) this.forget()
    const { table, keys, hashes, entries, recent, bits } = this
    const mask = (1 << bits) - 1
    let left = 0
    for (let i = 0; i < count; i++) {
      const low = batch[i * 2]!
      const high = batch[i * 2 + 1]!
      const hash = hashPair(low, high)
      const at = (hash & recentMask) * 2
      if (recent[at] === low && recent[at + 1] === high) continue
      recent[at] = low
      recent[at + 1] = high
      batch[left * 2] = low
      batch[left * 2 + 1] = high
      hashes[left] = hash
      entries[left] = table[hash & mask]!
      left++
    }
    let touched = 0
    for (let i = 0; i < left; i++) {
      const entry = entries[i]!
      if (entry !== 0) touched ^= keys[((entry & mask) - 1) * 2]!
    }
    // Keeps the loads alive: a compiler may not drop what is used.
    entries[0] = touched
    return left
  }

  /** The common case, unrolled: two words a key. */
  #insertPairs(batch: Int32Array, count: number): void {
    const table = this.table
    const keys = this.keys
    const hashes = this.hashes
    const bits = this.bits
    const mask = (1 << bits) - 1
    const left = this.sift(batch, count)
    let size = this.size
    for (let i = 0; i < left; i++) {
      const hash = hashes[i]!
      const low = batch[i * 2]!
      const high = batch[i * 2 + 1]!
      for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
        const entry = table[slot]!
        if (entry === 0) {
          table[slot] = (hash & ~mask) | (size + 1)
          keys[size * 2] = low
          keys[size * 2 + 1] = high
          size++
          break
        }
        if ((entry ^ hash) >>> bits === 0) {
          const at = ((entry & mask) - 1) * 2
          if (keys[at] === low && keys[at + 1] === high) break
        }
      }
    }
    this.size = size
  }

  protected reserveKeys(words: number): void {
    this.keys = grown(this.keys, words)
  }

  /** Room for `more` keys. */
  #makeRoom(more: number): void {
    const needed = this.size + more
    this.reserveKeys(needed * this.words)
    if (needed > fullness * this.table.length) this.rebuild(this.largerBits())
  }

  protected largerBits(): number {
    return this.bits + (this.bits < largeTable ? 2 : 1)
  }

  /** An empty table, where the old one was: one beside it would be held until the garbage is collected. */
  protected clearTable(): void {
    const length = 2 ** this.bits
    if (length > this.#tableRoom.length) this.#tableRoom = roomFor(length)
    else this.table.fill(0)
    this.table = this.#tableRoom.subarray(0, length)
  }

  protected rebuild(bits: number): void {
    this.bits = bits
    this.clearTable()
    this.fill(0, this.table.length).forEach((index) => this.place(index))
  }

  /**
   * Puts all keys that belong into a part of the table, which is empty, from one slot to before another, into it.
   *
   * @returns the indices of those for which there was no room from where they belong to the end of the part
   */
  protected fill(from: number, end: number): number[] {
    const { table, hashes } = this
    const mask = table.length - 1
    const places = this.entries
    const left: number[] = []
    for (let first = 0; first < this.size; first += batchSize) {
      const count = min(batchSize, this.size - first)
      let found = 0
      let touched = 0
      for (let i = first; i < first + count; i++) {
        const hash = this.hash(this.keys, i * this.words)
        const slot = hash & mask
        if (slot < from || slot >= end) continue
        hashes[found] = hash
        places[found++] = i
        touched ^= table[slot]!
      }
      for (let i = 0; i < found; i++) {
        const hash = hashes[i]!
        let slot = hash & mask
        while (slot < end && table[slot] !== 0) slot++
        if (slot === end) left.push(places[i]!)
        else table[slot] = (hash & ~mask) | (places[i]! + 1)
      }
      // Keeps the loads alive, as in a batch.
      places[0] = touched
    }
    return left
  }

  /** Puts a key that is stored into the table. */
  protected place(index: number): void {
    const { table } = this
    const mask = table.length - 1
    const hash = this.hash(this.keys, index * this.words)
    let slot = hash & mask
    while (table[slot] !== 0) slot = (slot + 1) & mask
    table[slot] = (hash & ~mask) | (index + 1)
  }

  /** Empties the cache of recent keys: every cell gets a pair that does not belong there. */
  protected forget(): void {
    if (this.recent.length === 0) this.recent = new Int32Array(2 * (recentMask + 1))
    else this.recent.fill(0)
    const cell = hashPair(0, 0) & recentMask
    let other = 1
    while ((hashPair(other, 0) & recentMask) === cell) other++
    this.recent[cell * 2] = other
  }

  /** Rewrites every key from one layout to another. */
  relayout(before: Layout, after: Layout): void {
    const scratch = new Int32Array(before.word.length)
    const move = (index: number) =>
      repack(before, this.keys, index * before.words, after, this.keys, index * after.words, scratch)
    // In place: where keys get shorter none moves to the right of where it was, where they get longer none to the left.
    if (after.words <= before.words) for (let index = 0; index < this.size; index++) move(index)
    else {
      this.reserveKeys(this.size * after.words)
      for (let index = this.size - 1; index >= 0; index--) move(index)
    }
    this.words = after.words
    this.forget()
    this.rebuild(this.bits)
  }
}
