/** A map from pairs of small numbers to a small number, below 2^31 - 1: open addressing, no limit but memory, no objects. */

const { imul } = Math

export class PairMap {
  size = 0
  /** Three words an entry: first, second, value + 1; 0 = empty. */
  #cells = new Int32Array(3 * 64)
  #mask = 63

  #slot(first: number, second: number): number {
    let hash = imul(first, 0x9e3779b9 | 0) ^ imul(second, 0x85ebca6b | 0)
    hash = imul(hash ^ (hash >>> 15), 0x2c1b3c6d)
    return (hash ^ (hash >>> 13)) & this.#mask
  }

  /** The value, or -1. */
  get(first: number, second: number): number {
    const cells = this.#cells
    for (let slot = this.#slot(first, second); ; slot = (slot + 1) & this.#mask) {
      const value = cells[slot * 3 + 2]!
      if (value === 0) return -1
      if (cells[slot * 3] === first && cells[slot * 3 + 1] === second) return value - 1
    }
  }

  /** Adds a pair that is not there yet. */
  add(first: number, second: number, value: number): void {
    if ((this.size + 1) * 3 > (this.#mask + 1) * 2) this.#grow()
    this.#put(first, second, value + 1)
    this.size++
  }

  #put(first: number, second: number, stored: number): void {
    let slot = this.#slot(first, second)
    while (this.#cells[slot * 3 + 2] !== 0) slot = (slot + 1) & this.#mask
    this.#cells[slot * 3] = first
    this.#cells[slot * 3 + 1] = second
    this.#cells[slot * 3 + 2] = stored
  }

  #grow(): void {
    const old = this.#cells
    this.#mask = this.#mask * 2 + 1
    this.#cells = new Int32Array((this.#mask + 1) * 3)
    for (let at = 0; at < old.length; at += 3) if (old[at + 2] !== 0) this.#put(old[at]!, old[at + 1]!, old[at + 2]!)
  }
}
