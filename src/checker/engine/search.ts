/**
 * The global search: a state is one packed vector (a frame per node and the ledger page), a level of the breadth-first
 * search is a range of the visited set, and expanding a state is a walk over its nodes' lists.
 */
import type { Action } from '../../model/action.ts'
import { start } from '../../model/local.ts'
import type { ValidModel } from '../../model/valid.ts'
import { Alphabet } from './alphabet.ts'
import { entryHead, Frames, type TakenStep, type Witness } from './frames.ts'
import { Ledger } from './ledger.ts'
import { bitsFor, layoutFor, repack, unpack, type Layout } from './layout.ts'
import { batchSize, PackedSet } from './packed-set.ts'

/** Which letters may be dropped where: null for none. */
export type Keeps = ((node: number, slot: number, letter: number) => boolean) | null

/** States expanded between two looks at the clock. */
const chunk = 2048

export interface Successor {
  readonly action: Action
  /** Index of the state it leads to. */
  readonly to: number
  /** Of the node that acts, and what it does; null where none does. */
  readonly by: TakenStep | null
}

export const alphabetsOf = (valid: ValidModel): ReadonlyArray<Alphabet> => {
  const alphabets: Alphabet[] = []
  valid.ids.forEach((_id, node) => alphabets.push(new Alphabet(valid, node, alphabets)))
  return alphabets
}

export class Search {
  readonly valid: ValidModel
  readonly frames: ReadonlyArray<Frames>
  readonly ledger: Ledger
  readonly states: PackedSet
  /** By level: the index of its first state; one entry more than levels, the end of the last. */
  readonly levels: number[] = [0]
  transitions = 0
  layout: Layout
  readonly #nodes: number
  /** Scratch: the vector in hand, unpacked. */
  readonly #vector: Int32Array
  #batch: Int32Array
  #batched = 0

  constructor(valid: ValidModel, alphabets: ReadonlyArray<Alphabet>, witness: Witness, keeps: Keeps) {
    this.valid = valid
    this.#nodes = valid.ids.length
    this.ledger = new Ledger(valid)
    const frames: Frames[] = []
    alphabets.forEach((alphabet, node) => {
      const keep = keeps === null ? null : (slot: number, letter: number) => keeps(node, slot, letter)
      frames.push(new Frames(valid, alphabet, this.ledger, frames, witness, keep))
    })
    this.frames = frames
    this.layout = layoutFor(Array.from({ length: this.#nodes + 1 }, () => 1))
    this.states = new PackedSet(this.layout.words)
    this.#vector = new Int32Array(this.#nodes + 1)
    this.#batch = new Int32Array(batchSize * this.layout.words)
    this.#begin(witness)
  }

  /** How many levels are complete. */
  get depth(): number {
    return this.levels.length - 2
  }

  #begin(witness: Witness): void {
    const starts = this.frames.map(({ alphabet }, node) => {
      const begun = start(this.valid, node)
      witness.started(begun.rule)
      return alphabet.number(begun)
    })
    const inboxes = this.frames.map(({ inboxes: own }, to) =>
      starts
        .flatMap(({ sends }) => sends.filter((dispatch) => dispatch.to === to))
        .reduce<ReadonlyArray<number>>((inbox, { letter }) => own.post(inbox, letter), [])
    )
    const vector = [
      ...this.frames.map((frames, node) => frames.frame(starts[node]!.slot, inboxes[node]!)),
      this.ledger.initial()
    ]
    const key = new Int32Array(this.layout.words)
    vector.forEach((value, c) => (key[this.layout.word[c]!]! |= value << this.layout.shift[c]!))
    this.states.insert(key, 0)
    this.levels.push(1)
  }

  /** A layout with room for every frame and page there is, and twice as many of those that are full. */
  #widen(): void {
    const before = this.layout
    const counts = [...this.frames.map((frames) => frames.size), this.ledger.pages.size]
    const after = layoutFor(
      counts.map((count, c) => (count - 1 > before.mask[c]! ? bitsFor(count) + 1 : bitsFor(count)))
    )
    this.states.relayout(before, after)
    const batch = new Int32Array(batchSize * after.words)
    for (let i = 0; i < this.#batched; i++)
      repack(before, this.#batch, i * before.words, after, batch, i * after.words, this.#vector)
    this.#batch = batch
    this.layout = after
  }

  #flush(): void {
    this.states.insertBatch(this.#batch, this.#batched)
    this.#batched = 0
  }

  /**
   * Expands the states of the last level for which `isExpanded` says yes, and makes the next one. Yields now and then,
   * so that the caller can look at the clock; tells of each state that nothing leads out of.
   */
  *expandLevel(isExpanded: (index: number) => boolean, onStuck: (index: number) => void): Generator<undefined> {
    const first = this.levels.at(-2)!
    const end = this.levels.at(-1)!
    for (let index = first; index < end; index++) {
      if (isExpanded(index)) {
        const before = this.transitions
        this.#expand(index)
        if (this.transitions === before) onStuck(index)
      }
      if ((index - first) % chunk === chunk - 1) yield undefined
    }
    this.#flush()
    if (this.states.size > end) this.levels.push(this.states.size)
  }

  /**
   * Puts every successor of a state into the batch. A value that does not fit the layout ends the attempt: the layout
   * is widened and the state expanded again, which is harmless, since a key that is inserted twice is there once.
   */
  #expand(index: number): void {
    const before = this.transitions
    while (!(this.layout.words === 2 ? this.#emitPairs(index) : this.#emitAny(index))) {
      this.transitions = before
      this.#widen()
    }
  }

  /** Reads a state's vector into the scratch. */
  #load(index: number): void {
    this.readFrames(index, this.#vector)
  }

  /** The common case, unrolled: two words a key. Whether all values fitted. */
  #emitPairs(index: number): boolean {
    this.#load(index)
    const { word, shift, mask } = this.layout
    const { ledger } = this
    const vector = this.#vector
    const nodes = this.#nodes
    const batch = this.#batch
    const page = vector[nodes]!
    const low = this.states.keys[index * 2]!
    const high = this.states.keys[index * 2 + 1]!
    let batched = this.#batched
    let emitted = 0
    for (let node = 0; node < nodes; node++) {
      const frames = this.frames[node]!
      const frame = vector[node]!
      if (frames.starts[frame]! < 0 || frames.open[frame] !== undefined) frames.prepare(frame, page)
      const pool = frames.pool
      const end = frames.ends[frame]!
      for (let at = frames.starts[frame]!; at < end;) {
        const guard = pool[at]!
        const next = pool[at + 1]!
        const sighting = pool[at + 3]!
        let packet = at + entryHead
        at = packet + 2 * pool[at + 4]!
        let newLow = low
        let newHigh = high
        if (guard !== 0 || sighting !== 0) {
          if (!frames.isAllowed(guard, page)) continue
          const charge = frames.guardCharge[guard]!
          const nextPage = ledger.seen(charge < 0 ? page : ledger.after(page, charge), sighting)
          if (nextPage > mask[nodes]!) return false
          const change = (nextPage - page) << shift[nodes]!
          if (word[nodes] === 0) newLow = (newLow + change) | 0
          else newHigh = (newHigh + change) | 0
        }
        if (next > mask[node]!) return false
        const change = (next - frame) << shift[node]!
        if (word[node] === 0) newLow = (newLow + change) | 0
        else newHigh = (newHigh + change) | 0
        for (; packet < at; packet += 2) {
          const to = pool[packet]!
          const sum = this.frames[to]!.sum(vector[to]!, pool[packet + 1]!)
          if (sum > mask[to]!) return false
          const arrived = (sum - vector[to]!) << shift[to]!
          if (word[to] === 0) newLow = (newLow + arrived) | 0
          else newHigh = (newHigh + arrived) | 0
        }
        if (newLow === low && newHigh === high) continue
        batch[batched * 2] = newLow
        batch[batched * 2 + 1] = newHigh
        emitted++
        if (++batched === batchSize) {
          this.states.insertBatch(batch, batched)
          batched = 0
        }
      }
    }
    this.#batched = batched
    this.transitions += emitted
    return this.#emitLedgerMoves(index, page)
  }

  /** As {@link #emitPairs}, for any number of words. */
  #emitAny(index: number): boolean {
    this.#load(index)
    const { words, word, shift, mask } = this.layout
    const vector = this.#vector
    const nodes = this.#nodes
    const page = vector[nodes]!
    for (let node = 0; node < nodes; node++) {
      const frames = this.frames[node]!
      const frame = vector[node]!
      if (frames.starts[frame]! < 0 || frames.open[frame] !== undefined) frames.prepare(frame, page)
      const pool = frames.pool
      const end = frames.ends[frame]!
      for (let at = frames.starts[frame]!; at < end;) {
        const guard = pool[at]!
        const next = pool[at + 1]!
        const sighting = pool[at + 3]!
        let packet = at + entryHead
        at = packet + 2 * pool[at + 4]!
        if (!frames.isAllowed(guard, page)) continue
        const charge = frames.guardCharge[guard]!
        const nextPage = this.ledger.seen(charge < 0 ? page : this.ledger.after(page, charge), sighting)
        if (nextPage > mask[nodes]! || next > mask[node]!) return false
        const to = this.#batched * words
        const key = this.#batch
        for (let w = 0; w < words; w++) key[to + w] = this.states.keys[index * words + w]!
        key[to + word[nodes]!]! += (nextPage - page) << shift[nodes]!
        key[to + word[node]!]! += (next - frame) << shift[node]!
        for (; packet < at; packet += 2) {
          const receiver = pool[packet]!
          const sum = this.frames[receiver]!.sum(vector[receiver]!, pool[packet + 1]!)
          if (sum > mask[receiver]!) return false
          key[to + word[receiver]!]! += (sum - vector[receiver]!) << shift[receiver]!
        }
        this.#keepIfNew(index, to)
      }
    }
    return this.#emitLedgerMoves(index, page)
  }

  /** Partitions that start or heal. */
  #emitLedgerMoves(index: number, page: number): boolean {
    const { words, word, shift, mask } = this.layout
    const nodes = this.#nodes
    for (const { to: nextPage } of this.ledger.moves(page)) {
      if (nextPage > mask[nodes]!) return false
      const to = this.#batched * words
      for (let w = 0; w < words; w++) this.#batch[to + w] = this.states.keys[index * words + w]!
      this.#batch[to + word[nodes]!]! += (nextPage - page) << shift[nodes]!
      this.#keepIfNew(index, to)
    }
    return true
  }

  /** Keeps the key that was written at the end of the batch, unless it is the state it came from. */
  #keepIfNew(index: number, to: number): void {
    const { words } = this.layout
    let isSame = true
    for (let w = 0; w < words; w++) if (this.#batch[to + w] !== this.states.keys[index * words + w]) isSame = false
    if (isSame) return
    this.transitions++
    this.#batched++
    if (this.#batched === batchSize) this.#flush()
  }

  /** A node's frame in a state. */
  frameOf(index: number, node: number): number {
    return unpack(this.layout, this.states.keys, index * this.layout.words, node)
  }

  /** The frame of every node in a state and, where there is room for it, the ledger page. */
  readFrames(index: number, into: Int32Array): void {
    const { words, word, shift, mask } = this.layout
    const { keys } = this.states
    const at = index * words
    for (let c = 0; c < into.length; c++) into[c] = (keys[at + word[c]!]! >>> shift[c]!) & mask[c]!
  }

  /** The ledger page of a state. */
  pageOf(index: number): number {
    return unpack(this.layout, this.states.keys, index * this.layout.words, this.#nodes)
  }

  /** The slot of every node in a state. */
  slotsOf(index: number): ReadonlyArray<number> {
    return this.frames.map((frames, node) => frames.slots[this.frameOf(index, node)]!)
  }

  /** The messages in flight in a state: by destination, the letters of its alphabet. */
  lettersOf(index: number): ReadonlyArray<ReadonlyArray<number>> {
    return this.frames.map((frames, node) => frames.letters(this.frameOf(index, node)))
  }

  /**
   * Every move out of a state that has been expanded, with what is remarkable though it changes nothing. `visit` gets
   * the node, the label, and the index of the state it leads to; node -1 for a move of the ledger, with its position
   * there as label. Stops at the first yes.
   */
  #walk(index: number, visit: (node: number, label: number, to: number) => boolean): boolean {
    const { words, word, shift } = this.layout
    const vector = Array.from({ length: this.#nodes + 1 }, (_, c) =>
      unpack(this.layout, this.states.keys, index * words, c)
    )
    const page = vector[this.#nodes]!
    const key = new Int32Array(words)
    const from = this.states.keys.slice(index * words, (index + 1) * words)
    const change = (c: number, value: number) => {
      const w = word[c]!
      key[w] = key[w]! + ((value - vector[c]!) << shift[c]!)
    }
    for (let node = 0; node < this.#nodes; node++) {
      const frames = this.frames[node]!
      const frame = vector[node]!
      for (let at = frames.starts[frame]!; at < frames.ends[frame]!;) {
        const here = at
        const { pool } = frames
        at += entryHead + 2 * pool[here + 4]!
        const guard = pool[here]!
        if (!frames.isAllowed(guard, page)) continue
        key.set(from)
        change(node, pool[here + 1]!)
        for (let p = here + entryHead; p < at; p += 2)
          change(pool[p]!, this.frames[pool[p]!]!.sum(vector[pool[p]!]!, pool[p + 1]!))
        const charge = frames.guardCharge[guard]!
        const charged = charge < 0 ? page : this.ledger.after(page, charge)
        change(this.#nodes, this.ledger.seen(charged, pool[here + 3]!))
        if (visit(node, pool[here + 2]!, this.states.find(key, 0))) return true
      }
    }
    return this.ledger.moves(page).some(({ to }, position) => {
      key.set(from)
      change(this.#nodes, to)
      return visit(-1, position, this.states.find(key, 0))
    })
  }

  /** Whether some move out of an expanded state leads to a state that passes. */
  someSuccessor(index: number, passes: (to: number) => boolean): boolean {
    return this.#walk(index, (_node, _label, to) => passes(to))
  }

  /** Every move out of an expanded state, named. */
  successors(index: number): ReadonlyArray<Successor> {
    const page = this.pageOf(index)
    const found: Successor[] = []
    this.#walk(index, (node, label, to) => {
      const frames = this.frames[node]
      found.push(
        frames === undefined
          ? { action: this.ledger.moves(page)[label]!.action, to, by: null }
          : {
              action: frames.action(label),
              to,
              by: frames.taken(frames.slots[this.frameOf(index, node)]!, label)
            }
      )
      return false
    })
    return found
  }

  /** Bytes of the tables that grow with the states. */
  get bytes(): number {
    return this.states.bytes
  }
}
