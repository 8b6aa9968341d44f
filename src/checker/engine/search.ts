/**
 * The global search: a state is one packed vector (a frame per node and the ledger page), a level of the breadth-first
 * search is a range of the visited set, and expanding a state is a walk over its nodes' lists.
 */
// Long because both ways to expand a state, the batch they fill and the meeting of threads work on the same fields, at full speed.
import { start } from '../../model/local.ts'
import type { ValidModel } from '../../model/valid.ts'
import { Alphabet } from './alphabet.ts'
import { entryHead, type MayFire } from './entries.ts'
import { Frames, type Witness } from './frames.ts'
import type { Letters } from './inboxes.ts'
import { Ledger } from './ledger.ts'
import { bitsFor, layoutFor, repack, unpack, type Layout } from './layout.ts'
import { batchSize, PackedSet } from './packed-set.ts'
import { OutOfRoom, SharedSet } from './shared-set.ts'
import type { SilentSteps } from './silent-steps.ts'
import type { Symmetry } from './symmetry.ts'
import { Team } from './team.ts'

/** Which letters may be dropped where: null for none. */
export type Keeps = ((node: number, slot: number, letter: number) => boolean) | null

/** Which letter stands for another where: null for itself. */
export type StandsFor = ((node: number, slot: number, letter: number) => number) | null

/** States expanded, or judged, between two looks at the clock. */
const chunk = 2048

/** States expanded between two looks at whether another thread waits. */
const between = 64

/** Two words from the start: the common case, and room to grow before the first change of layout. */
const firstWidths = (components: number): ReadonlyArray<number> =>
  Array.from({ length: components }, () => Math.max(1, Math.min(8, Math.floor(64 / components) - 1)))

function* chunks(first: number, end: number): Generator<readonly [first: number, end: number]> {
  for (let from = first; from < end; from += chunk) yield [from, Math.min(end, from + chunk)]
}

export const alphabetsOf = (valid: ValidModel, { agreement } = new Team()): ReadonlyArray<Alphabet> => {
  const alphabets: Alphabet[] = []
  valid.ids.forEach((_id, node) => alphabets.push(new Alphabet(valid, node, alphabets, agreement)))
  return alphabets
}

/** What a thread that comes later must know to go on where the others are: between two levels. */
export interface Standing {
  readonly levels: ReadonlyArray<number>
  /** What the layout was made for. */
  readonly widths: ReadonlyArray<number>
  readonly tableBits: number
}

export class Search {
  readonly valid: ValidModel
  readonly frames: ReadonlyArray<Frames>
  readonly ledger: Ledger
  states: PackedSet
  /** By level: the index of its first state; one entry more than levels, the end of the last. */
  readonly levels: number[] = [0]
  transitions = 0
  layout: Layout
  readonly #nodes: number
  /** Scratch: the vector in hand, unpacked, and one that follows it. */
  readonly #vector: Int32Array
  readonly #next: Int32Array
  readonly #symmetry: Symmetry | null
  readonly #team: Team
  readonly #takesOthers: boolean
  /** The visited set, where threads share it. */
  #shared: SharedSet | null = null
  /** What keeps this thread from going on. */
  #lacks: 'room' | 'width' | null = null
  #batch: Int32Array
  #batched = 0

  /** @param standing of the search that others are at; null to begin one. */
  constructor(
    valid: ValidModel,
    alphabets: ReadonlyArray<Alphabet>,
    witness: Witness,
    keeps: Keeps,
    standsFor: StandsFor,
    silent: SilentSteps | null,
    symmetry: Symmetry | null,
    mayFire: MayFire | null,
    team: Team,
    standing: Standing | null
  ) {
    const { agreement } = team
    this.valid = valid
    this.#team = team
    this.#nodes = valid.ids.length
    this.ledger = new Ledger(valid, agreement)
    const frames: Frames[] = []
    alphabets.forEach((alphabet, node) => {
      const keep = keeps === null ? null : (slot: number, letter: number) => keeps(node, slot, letter)
      const next = silent === null ? null : (slot: number, letters: Letters) => silent.next(node, slot, letters)
      const stands = standsFor === null ? null : (slot: number, letter: number) => standsFor(node, slot, letter)
      frames.push(new Frames(valid, alphabet, this.ledger, frames, witness, keep, stands, next, mayFire, agreement))
    })
    this.frames = frames
    this.layout = layoutFor(standing?.widths ?? firstWidths(this.#nodes + 1))
    if (team.size > 1) this.#shared = new SharedSet(this.layout.words, team)
    this.states = this.#shared ?? new PackedSet(this.layout.words)
    this.#vector = new Int32Array(this.#nodes + 1)
    this.#next = new Int32Array(this.#nodes + 1)
    this.#symmetry = symmetry
    this.#takesOthers = silent !== null || standsFor !== null
    symmetry?.use(frames, this.ledger)
    this.#batch = new Int32Array(batchSize * this.layout.words)
    if (standing === null) this.#begin(witness)
    else this.#goOn(standing)
  }

  /** How many levels are complete. */
  get depth(): number {
    return this.levels.length - 2
  }

  #begin(witness: Witness): void {
    this.#shared?.begin()
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
    this.#insertFirst(
      Int32Array.from([
        ...this.frames.map((frames, node) => frames.frame(starts[node]!.slot, inboxes[node]!)),
        this.ledger.initial()
      ])
    )
    this.levels.push(1)
  }

  #goOn({ levels, tableBits }: Standing): void {
    this.levels.splice(0, 1, ...levels)
    this.#shared?.adopt(tableBits, this.layout.words)
  }

  /** Shares with the others what this thread found alone, before they come. */
  share(): void {
    if (this.#shared !== null) return
    this.#shared = new SharedSet(this.layout.words, this.#team)
    this.#shared.take(this.states)
    this.states = this.#shared
  }

  /** What those who come must know. */
  get standing(): Standing {
    if (this.#shared === null) throw new Error('nothing is shared yet')
    return { levels: this.levels, widths: this.layout.wanted, tableBits: this.#shared.tableBits }
  }

  #insertFirst(vector: Int32Array): void {
    this.#symmetry?.normalise(vector)
    const key = new Int32Array(this.layout.words)
    if (this.#pack(vector, key, 0)) {
      if (this.#team.rank === 0) this.states.insert(key, 0)
      this.#shared?.closeRanks()
    } else {
      this.#widen()
      this.#insertFirst(vector)
    }
  }

  /** A layout with room for every frame and page there is, and four times as many of those that are full. */
  #widen(): void {
    const before = this.layout
    const counts = [...this.frames.map((frames) => frames.size), this.ledger.pages.size]
    const after = layoutFor(
      counts.map((count, c) => (count - 1 > before.mask[c]! ? bitsFor(count) + 2 : bitsFor(count)))
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

  /** Whether the batch, which is full, could be stored; else the table must grow first, with all threads waiting. */
  #flushFull(): boolean {
    if (this.#shared?.hasRoom === false) {
      this.#lacks = 'room'
      return false
    }
    this.#flush()
    return true
  }

  /** Of a range of states, those that fall to this thread. */
  portions(first: number, end: number): Iterable<readonly [first: number, end: number]> {
    return this.#shared === null ? chunks(first, end) : this.#team.share(first, end, chunk)
  }

  /** What each thread says, once all have said it. */
  gather<Said>(said: Said): ReadonlyArray<Said> {
    return this.#team.gather(said)
  }

  /**
   * All threads together: those that lack something get it. Whether all are done.
   *
   * @throws OutOfRoom in every thread where no more states can be stored
   */
  #meet(shared: SharedSet, isDone: boolean): boolean {
    const team = this.#team
    const said = team.gather({ isDone, lacks: this.#lacks })
    this.#lacks = null
    if (said.some(({ lacks }) => lacks === 'width')) {
      team.settle()
      this.#widen()
    }
    if (said.some(({ lacks }) => lacks === 'room')) {
      if (shared.isFull) throw new OutOfRoom()
      shared.grow()
    }
    if (this.#batched === batchSize) this.#flush()
    team.resume()
    return said.every((one) => one.isDone)
  }

  /** Makes room for what did not fit. */
  #makeWay(): void {
    if (this.#shared === null) return this.#widen()
    this.#lacks ??= 'width'
    this.#team.pause()
    this.#meet(this.#shared, false)
  }

  /** Stores what is left of a level, and waits for the others. */
  #finishLevel(): void {
    if (this.#shared === null) return this.#flush()
    while (!this.#flushFull()) this.#makeWay()
    while (!this.#meet(this.#shared, true));
    this.#shared.closeRanks()
    this.#team.settle()
  }

  /**
   * Expands the states of the last level for which `isExpanded` says yes, and makes the next one. Yields now and then,
   * so that the caller can look at the clock; tells of each state that nothing leads out of.
   */
  *expandLevel(isExpanded: (index: number) => boolean, onStuck: (index: number) => void): Generator<undefined> {
    const first = this.levels.at(-2)!
    const end = this.levels.at(-1)!
    for (const [from, to] of this.portions(first, end)) {
      for (let index = from; index < to; index++) {
        if (isExpanded(index)) {
          const before = this.transitions
          this.#expand(index)
          if (this.transitions === before && !this.#isTalking(index)) onStuck(index)
        }
        if (index % between === 0 && this.#shared !== null && this.#team.isPaused) this.#meet(this.#shared, false)
      }
      this.#team.tally(this.transitions)
      yield undefined
    }
    this.#finishLevel()
    if (this.states.size > end) this.levels.push(this.states.size)
  }

  /**
   * Puts every successor of a state into the batch. A value that does not fit the layout ends the attempt: the layout
   * is widened and the state expanded again, which is harmless, since a key that is inserted twice is there once.
   */
  #expand(index: number): void {
    const before = this.transitions
    const isPlain = this.#symmetry === null
    while (!(isPlain && this.layout.words === 2 ? this.#emitPairs(index) : this.#emitAny(index))) {
      this.transitions = before
      this.#makeWay()
    }
  }

  /**
   * Whether some node of a state that leads nowhere may yet say something that was dropped. Where messages are counted it may say so again and
   * again, which is no end; where they are a set, everything has been said at last.
   */
  #isTalking(index: number): boolean {
    if (this.valid.model.network.kind === 'asynchronous') return false
    const page = this.pageOf(index)
    return this.frames.some((frames, node) => {
      const frame = this.frameOf(index, node)
      return frames
        .allowed(frame, page, index)
        .some((at) => (frames.taken(frames.slots[frame]!, frames.pool[at + 2]!)?.response.sends.length ?? 0) > 0)
    })
  }

  /** Whether every state stands for itself alone. */
  get isPlain(): boolean {
    return this.#symmetry === null && !this.#takesOthers
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
      if (frames.isComplete[frame] === 0) frames.prepare(frame, page, index)
      const pool = frames.pool
      const end = frames.ends[frame]!
      const ownMask = mask[node]!
      const ownShift = shift[node]!
      const isLow = word[node] === 0
      for (let at = frames.starts[frame]!; at < end;) {
        const guard = pool[at]!
        const next = pool[at + 1]!
        const sighting = pool[at + 3]!
        let packet = at + entryHead
        at = packet + 2 * pool[at + 4]!
        let newLow = low
        let newHigh = high
        if (guard !== 0 || sighting !== 0) {
          if (!frames.isAllowed(guard, page, index)) continue
          const charge = frames.guardCharge[guard]!
          const nextPage = ledger.seen(charge < 0 ? page : ledger.after(page, charge), sighting)
          if (nextPage > mask[nodes]!) return false
          const change = (nextPage - page) << shift[nodes]!
          if (word[nodes] === 0) newLow = (newLow + change) | 0
          else newHigh = (newHigh + change) | 0
        }
        if (next > ownMask) return false
        const change = (next - frame) << ownShift
        if (isLow) newLow = (newLow + change) | 0
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
          this.#batched = batched
          if (!this.#flushFull()) return false
          batched = 0
        }
      }
    }
    this.#batched = batched
    this.transitions += emitted
    return this.#emitLedgerMoves(index, page)
  }

  /** As {@link #emitPairs}, for any number of words, and for orbits. */
  #emitAny(index: number): boolean {
    this.#load(index)
    const vector = this.#vector
    const next = this.#next
    const nodes = this.#nodes
    const page = vector[nodes]!
    for (let node = 0; node < nodes; node++) {
      const frames = this.frames[node]!
      const frame = vector[node]!
      if (frames.isComplete[frame] === 0) frames.prepare(frame, page, index)
      const pool = frames.pool
      const end = frames.ends[frame]!
      for (let at = frames.starts[frame]!; at < end; at += entryHead + 2 * pool[at + 4]!) {
        if (!frames.isAllowed(pool[at]!, page, index)) continue
        this.follow(vector, node, at, next)
        if (!this.#emitVector(index, next)) return false
      }
    }
    return this.#emitLedgerMoves(index, page)
  }

  /** The vector after an entry of a node's list. */
  follow(vector: Int32Array, node: number, at: number, next: Int32Array): void {
    const { pool, guardCharge } = this.frames[node]!
    const page = vector[this.#nodes]!
    const charge = guardCharge[pool[at]!]!
    next.set(vector)
    next[node] = pool[at + 1]!
    next[this.#nodes] = this.ledger.seen(charge < 0 ? page : this.ledger.after(page, charge), pool[at + 3]!)
    for (let packet = at + entryHead; packet < at + entryHead + 2 * pool[at + 4]!; packet += 2) {
      const to = pool[packet]!
      next[to] = this.frames[to]!.sum(vector[to]!, pool[packet + 1]!)
    }
  }

  /** Partitions that start or heal. */
  #emitLedgerMoves(index: number, page: number): boolean {
    for (const { to } of this.ledger.moves(page)) {
      this.#next.set(this.#vector)
      this.#next[this.#nodes] = to
      if (!this.#emitVector(index, this.#next)) return false
    }
    return true
  }

  /** Puts a vector into the batch, unless it is the state it came from. Whether its values fitted. */
  #emitVector(index: number, next: Int32Array): boolean {
    this.#symmetry?.normalise(next)
    const { words } = this.layout
    const to = this.#batched * words
    if (!this.#pack(next, this.#batch, to)) return false
    let isSame = true
    for (let w = 0; w < words; w++) if (this.#batch[to + w] !== this.states.keys[index * words + w]) isSame = false
    if (isSame) return true
    this.transitions++
    this.#batched++
    return this.#batched < batchSize || this.#flushFull()
  }

  /** Writes a vector's key. Whether its values fitted. */
  #pack(vector: Int32Array, into: Int32Array, at: number): boolean {
    const { words, word, shift, mask } = this.layout
    for (let w = 0; w < words; w++) into[at + w] = 0
    for (let c = 0; c < vector.length; c++) {
      if (vector[c]! > mask[c]!) return false
      into[at + word[c]!]! |= vector[c]! << shift[c]!
    }
    return true
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

  /** The index of the state that stands for a vector, or -1. */
  indexOfVector(vector: Int32Array): number {
    this.#symmetry?.normalise(vector)
    const key = new Int32Array(this.layout.words)
    return this.#pack(vector, key, 0) ? this.states.find(key, 0) : -1
  }

  /** Transitions that all threads have found so far. */
  get tallied(): number {
    return this.#shared === null ? this.transitions : this.#team.tallied
  }

  /** Bytes of the tables that grow with the states. */
  get bytes(): number {
    return this.states.bytes
  }
}
