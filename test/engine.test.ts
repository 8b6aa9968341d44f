/** The engine's containers, each against the plain one it stands for. */
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { bitsFor, layoutFor, repack, unpack } from '../src/checker/engine/layout.ts'
import { batchSize, PackedSet } from '../src/checker/engine/packed-set.ts'
import { PairMap } from '../src/checker/engine/pair-map.ts'

const vectors = fc
  .array(fc.integer({ min: 1, max: 31 }), { minLength: 1, maxLength: 9 })
  .chain((widths) => fc.tuple(fc.constant(widths), fc.tuple(...widths.map((width) => fc.nat(2 ** width - 1)))))

const packed = (layout: ReturnType<typeof layoutFor>, values: ReadonlyArray<number>): Int32Array => {
  const key = new Int32Array(layout.words)
  values.forEach((value, c) => {
    const word = layout.word[c] ?? 0
    key[word] = (key[word] ?? 0) | (value << (layout.shift[c] ?? 0))
  })
  return key
}

describe('a layout', () => {
  test('gives back what was packed', () =>
    fc.assert(
      fc.property(vectors, ([widths, values]) => {
        const layout = layoutFor(widths)
        const key = packed(layout, values)
        expect(values.map((_value, c) => unpack(layout, key, 0, c))).toEqual(values)
      })
    ))

  test('is exchanged for a wider one without changing a value', () =>
    fc.assert(
      fc.property(vectors, fc.array(fc.nat(8), { minLength: 9, maxLength: 9 }), ([widths, values], more) => {
        const before = layoutFor(widths)
        const after = layoutFor(widths.map((width, c) => Math.min(31, width + (more[c] ?? 0))))
        const key = new Int32Array(after.words)
        repack(before, packed(before, values), 0, after, key, 0, new Int32Array(widths.length))
        expect(values.map((_value, c) => unpack(after, key, 0, c))).toEqual(values)
      })
    ))

  test.each([
    [0, 1],
    [1, 1],
    [2, 1],
    [3, 2],
    [4, 2],
    [5, 3],
    [1024, 10],
    [1025, 11]
  ])('%i values need %i bits', (count, bits) => expect(bitsFor(count)).toBe(bits))

  test('refuses a component of more than 31 bits', () => expect(() => layoutFor([32])).toThrow(RangeError))
})

/** Keys with few distinct words, so that batches hold duplicates, the zero key and keys that share a hash place. */
const keysOf = (words: number, count: number, spread: number, seed: number): Int32Array =>
  Int32Array.from({ length: words * count }, (_, at) => {
    const mixed = Math.imul((at + 1) ^ seed, 0x2c1b3c6d)
    return ((mixed ^ (mixed >>> 13)) >>> 0) % spread
  })

describe('a packed set', () => {
  test.each([1, 2, 3])('of keys of %i words is a set in the order of insertion', (words) =>
    fc.assert(
      fc.property(
        fc.integer(),
        fc.integer({ min: 1, max: 400 }),
        fc.integer({ min: 1, max: 12 }),
        (seed, spread, batches) => {
          const set = new PackedSet(words)
          const plain = new Map<string, number>()
          for (let batch = 0; batch < batches; batch++) {
            const keys = keysOf(words, batchSize, spread, seed + batch)
            for (let k = 0; k < batchSize; k++) {
              const text = keys.subarray(k * words, (k + 1) * words).join()
              if (!plain.has(text)) plain.set(text, plain.size)
            }
            set.insertBatch(keys, batchSize)
          }
          const stored = Array.from({ length: set.size }, (_, k) =>
            set.keys.subarray(k * words, (k + 1) * words).join()
          )
          expect(stored).toEqual([...plain.keys()])
          const probes = keysOf(words, 50, spread * 2, seed + 99)
          for (let k = 0; k < 50; k++) {
            const text = probes.subarray(k * words, (k + 1) * words).join()
            expect(set.find(probes, k * words)).toBe(plain.get(text) ?? -1)
            expect(set.insert(probes.slice(k * words, (k + 1) * words), 0)).toBe(plain.get(text) ?? plain.size)
            if (!plain.has(text)) plain.set(text, plain.size)
          }
        }
      ),
      { numRuns: 15 }
    )
  )

  test('keeps its keys through a change of layout', () => {
    const [before, after] = [layoutFor([10, 10]), layoutFor([20, 20])]
    const set = new PackedSet(before.words)
    const values = Array.from({ length: 700 }, (_, k) => [k, (k * 7) % 1000] as const)
    values.forEach((pair) => set.insert(packed(before, pair), 0))
    set.relayout(before, after)
    expect(values.map((pair) => set.find(packed(after, pair), 0))).toEqual(values.map((_pair, index) => index))
    expect(set.find(packed(after, [701, 0]), 0)).toBe(-1)
  })

  test('a table may be filled in parts: what runs over the end of one is placed all the same', () => {
    let over = 0
    class InParts extends PackedSet {
      rebuildInParts(): void {
        this.clearTable()
        const ends = [0, 0.3, 0.7, 1].map((part) => Math.floor(part * this.table.length))
        const left = ends.slice(1).flatMap((end, part) => this.fill(ends[part]!, end))
        over += left.length
        left.forEach((index) => this.place(index))
      }
    }
    for (let seed = 0; seed < 20; seed++) {
      const set = new InParts(2)
      // As many as the smallest table has room for.
      const count = Math.floor(2.8 * batchSize)
      const keys = keysOf(2, count, 2 ** 20, seed)
      for (let k = 0; k < count; k++) set.insert(keys, k * 2)
      set.rebuildInParts()
      const indices = Array.from({ length: set.size }, (_, index) => index)
      expect(indices.map((index) => set.find(set.keys, index * 2))).toEqual(indices)
    }
    expect(over).toBeGreaterThan(0)
  })
})

test('a pair map is a map of pairs', () =>
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.integer({ min: -1, max: 40 }), fc.nat(40), fc.nat(2 ** 30))), (entries) => {
      const map = new PairMap()
      const plain = new Map<string, number>()
      for (const [first, second, value] of entries) {
        const text = `${first} ${second}`
        expect(map.get(first, second)).toBe(plain.get(text) ?? -1)
        if (plain.has(text)) continue
        map.add(first, second, value)
        plain.set(text, value)
      }
      expect(entries.map(([first, second]) => map.get(first, second))).toEqual(
        entries.map(([first, second]) => plain.get(`${first} ${second}`))
      )
    })
  ))
