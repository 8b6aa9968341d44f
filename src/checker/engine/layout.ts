/**
 * How a vector of small numbers is packed into 32-bit words. Each component has its own run of bits in one word, so a
 * successor is its parent plus a shifted difference, and the words themselves are the exact key of a state.
 */

const { max, clz32 } = Math

/** A component has at most this many bits: words are signed, and ids stay below 2^31. */
const widest = 31

export interface Layout {
  /** Words per vector. */
  readonly words: number
  /** By component: its word, its lowest bit there, its bits in place 0, and how many values fit. */
  readonly word: Int32Array
  readonly shift: Int32Array
  readonly mask: Int32Array
  readonly width: Int32Array
  /** By component: the bits it was made for. */
  readonly wanted: ReadonlyArray<number>
}

/** The bits that a component needs to hold `count` values, at least one. */
export const bitsFor = (count: number): number => max(1, 32 - clz32(max(1, count - 1)))

/**
 * A layout in which component `c` has at least `widths[c]` bits. Wide components are placed first, each in the first
 * word with room; what is left of each word is shared out among its components, so that a growing component rarely
 * forces a new layout.
 */
export const layoutFor = (widths: ReadonlyArray<number>): Layout => {
  if (widths.some((width) => width > widest)) throw new RangeError('a component needs more than 31 bits')
  const order = widths.map((_, component) => component).toSorted((a, b) => (widths[b] ?? 0) - (widths[a] ?? 0) || a - b)
  const members: number[][] = []
  const used: number[] = []
  for (const component of order) {
    const width = widths[component] ?? 1
    let word = used.findIndex((bits) => bits + width <= 32)
    if (word < 0) {
      word = used.length
      members.push([])
      used.push(0)
    }
    members[word]?.push(component)
    used[word] = (used[word] ?? 0) + width
  }
  const layout = {
    words: members.length,
    word: new Int32Array(widths.length),
    shift: new Int32Array(widths.length),
    mask: new Int32Array(widths.length),
    width: new Int32Array(widths.length),
    wanted: widths
  }
  members.forEach((components, word) => {
    let spare = 32 - (used[word] ?? 0)
    let shift = 0
    components.forEach((component, position) => {
      const share = Math.ceil(spare / (components.length - position))
      const width = Math.min(widest, (widths[component] ?? 1) + share)
      spare -= width - (widths[component] ?? 1)
      layout.word[component] = word
      layout.shift[component] = shift
      layout.width[component] = width
      layout.mask[component] = 2 ** width - 1
      shift += width
    })
  })
  return layout
}

/** Reads component `c` of the vector at `at`. */
export const unpack = (layout: Layout, keys: Int32Array, at: number, component: number): number =>
  ((keys[at + layout.word[component]!]! >>> layout.shift[component]!) & layout.mask[component]!) | 0

/** Moves the vector at `from` in `source` to `to` in `target`, from one layout to another. */
export const repack = (
  before: Layout,
  source: Int32Array,
  from: number,
  after: Layout,
  target: Int32Array,
  to: number,
  scratch: Int32Array
): void => {
  const count = before.word.length
  for (let c = 0; c < count; c++) scratch[c] = unpack(before, source, from, c)
  for (let w = 0; w < after.words; w++) target[to + w] = 0
  for (let c = 0; c < count; c++) target[to + after.word[c]!]! |= scratch[c]! << after.shift[c]!
}
