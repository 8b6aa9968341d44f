/** Sets of small numbers as bits. They mutate: whoever makes one fills it before anybody else sees it. */

export type Bits = Uint32Array

/** An empty set of numbers >= 0 and < `size`. */
export const noBits = (size: number): Bits => new Uint32Array((size + 31) >> 5)

export const hasBit = (bits: Bits, number: number): boolean => ((bits[number >> 5]! >>> (number & 31)) & 1) === 1

export const setBit = (bits: Bits, number: number): void => {
  bits[number >> 5]! |= 1 << (number & 31)
}

/** Adds all of `others` to `bits`. Whether that changed anything. */
export const addBits = (bits: Bits, others: Bits): boolean => {
  let changed = 0
  for (let i = 0; i < bits.length; i += 1) {
    const fresh = others[i]! & ~bits[i]!
    changed |= fresh
    bits[i]! |= fresh
  }
  return changed !== 0
}

/** The numbers in the set, ascending; with `mask`, those that are in it too. */
export const numbersIn = (bits: Bits, mask: Bits = bits): ReadonlyArray<number> => {
  const numbers: Array<number> = []
  for (let i = 0; i < bits.length; i += 1)
    for (let word = bits[i]! & mask[i]!; word !== 0; word &= word - 1)
      numbers.push(i * 32 + 31 - Math.clz32(word & -word))
  return numbers
}
