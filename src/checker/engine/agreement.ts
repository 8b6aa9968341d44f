/**
 * Threads that give equal values the same number. Whoever meets a value first writes its text into a log that all of them share; before
 * that, it reads what the others have written. So a number means the same in every thread, and a state has one key.
 *
 * New values are rare, a few thousand among millions of states, so one lock is enough.
 */
import { OutOfMemory } from './packed-set.ts'

const { add, compareExchange, load, notify, store, wait } = Atomics

/** Something that numbers values by their keys, in the order of the log. */
export interface Numbering {
  /** The number of a key, or -1. `value` is what it is the key of. */
  readonly peek: (key: string, value: unknown) => number
  /** Gives the next number to what a text of the log stands for; `value` is that, where it is at hand. */
  readonly learn: (text: string, value?: unknown) => number
  /** All that was learned, in order, as the log is to have it. */
  readonly texts: () => Iterable<string>
}

const unlocked = 0
const locked = 1
const contended = 2

const lockCell = 0
/** How many words of the log are written. */
const endCell = 1

export const agreementHeader = 2

/** Words of an entry before its text: the numbering and the bytes of the text. */
const entryWords = 2

export class Agreement {
  /** Null while a thread is alone: it numbers by itself then, and tells nobody. */
  #header: Int32Array | null = null
  #log: Int32Array = new Int32Array(0)
  #bytes: Buffer = Buffer.alloc(0)
  /** By place; undefined where it belonged to a search that is over. */
  readonly #numberings: (Numbering | undefined)[] = []
  /** By place: what was read of numberings that this thread has not joined yet. */
  readonly #early = new Map<number, string[]>()
  /** How many words of the log were read. */
  #read = 0

  /** Whether nobody else is told. */
  get isAlone(): boolean {
    return this.#header === null
  }

  /** How many numberings were joined. */
  get places(): number {
    return this.#numberings.length
  }

  /** A numbering that threads agree on. All threads join theirs in the same order, before any of them is used. */
  join(numbering: Numbering): number {
    const place = this.#numberings.push(numbering) - 1
    this.#early.get(place)?.forEach((text) => numbering.learn(text))
    this.#early.delete(place)
    return place
  }

  /** The numberings from a place on are not used any more. */
  forgetFrom(place: number): void {
    this.#numberings.fill(undefined, place)
  }

  /** The next numbering to join has this place: those before it are of searches that this thread had no part in. */
  skipTo(place: number): void {
    for (let skipped = this.#numberings.length; skipped < place; skipped++) this.#early.delete(skipped)
    this.#numberings.length = place
  }

  /** From now on numbers are agreed on; on shared memory, zeroed at the start. `header` has {@link agreementHeader} words. */
  share(header: Int32Array, log: Int32Array): void {
    this.#header = header
    this.#log = log
    this.#bytes = Buffer.from(log.buffer, log.byteOffset, log.byteLength)
    this.#read = 0
  }

  /** Tells those who will come all that this thread knows. Nobody may be there yet. False, and it is alone again, where the log is too small. */
  tellAll(): boolean {
    try {
      for (const [place, numbering] of this.#numberings.entries())
        for (const text of numbering?.texts() ?? []) this.#write(place, text)
      return true
    } catch (error) {
      if (!(error instanceof OutOfMemory)) throw error
      this.#header = null
      return false
    }
  }

  /**
   * The number of a value that this thread, which is not alone, has not met.
   *
   * @param textOf what to write into the log of it
   * @param value given to the numbering as it is
   * @throws OutOfMemory where the log is full
   */
  number(place: number, key: string, value: unknown, textOf = (): string => key): number {
    const numbering = this.#numberings[place]!
    const header = this.#shared()
    this.#lock(header)
    try {
      this.catchUp()
      const known = numbering.peek(key, value)
      if (known >= 0) return known
      const text = textOf()
      this.#write(place, text)
      return numbering.learn(text, value)
    } finally {
      this.#unlock(header)
    }
  }

  /** Takes in all that the others have written. What is written stays, so this needs no lock. */
  catchUp(): void {
    if (this.#header === null) return
    const end = load(this.#header, endCell)
    while (this.#read < end) {
      const place = this.#log[this.#read]!
      const length = this.#log[this.#read + 1]!
      const at = (this.#read + entryWords) * 4
      this.#read += entryWords + ((length + 3) >> 2)
      this.#hear(place, this.#bytes.toString('utf8', at, at + length))
    }
  }

  #hear(place: number, text: string): void {
    if (place < this.#numberings.length) this.#numberings[place]?.learn(text)
    else {
      const texts = this.#early.get(place) ?? []
      if (texts.push(text) === 1) this.#early.set(place, texts)
    }
  }

  #shared(): Int32Array {
    if (this.#header === null) throw new Error('a thread that is alone has nobody to agree with')
    return this.#header
  }

  #write(place: number, text: string): void {
    const at = this.#read
    const room = (this.#log.length - at - entryWords) * 4
    if (Buffer.byteLength(text) > room) throw new OutOfMemory('the memory set apart for the values that threads share')
    const length = this.#bytes.write(text, (at + entryWords) * 4)
    this.#log[at] = place
    this.#log[at + 1] = length
    this.#read = at + entryWords + ((length + 3) >> 2)
    store(this.#shared(), endCell, this.#read)
  }

  #lock(header: Int32Array): void {
    if (compareExchange(header, lockCell, unlocked, locked) === unlocked) return
    while (Atomics.exchange(header, lockCell, contended) !== unlocked) wait(header, lockCell, contended)
  }

  #unlock(header: Int32Array): void {
    if (add(header, lockCell, -1) === locked) return
    store(header, lockCell, unlocked)
    notify(header, lockCell, 1)
  }
}

/** What was found out, by key: one thread finds it out, the others are told. Plain data. A thread that is alone keeps nothing here. */
export class Findings<A> {
  readonly #numbers = new Map<string, number>()
  readonly #found: A[] = []
  readonly #agreement: Agreement
  readonly #place: number

  /** @param known what a thread that was alone has found, for those who come */
  constructor(agreement: Agreement, known: () => Iterable<readonly [key: string, found: A]>) {
    this.#agreement = agreement
    this.#place = agreement.join({
      peek: (key) => this.#numbers.get(key) ?? -1,
      learn: (text, value = JSON.parse(text)) => {
        const [key, found] = value as readonly [string, A]
        this.#numbers.set(key, this.#found.length)
        return this.#found.push(found) - 1
      },
      *texts() {
        for (const pair of known()) yield JSON.stringify(pair)
      }
    })
  }

  /** `find` is called unless another thread has told what it found; two that find at the same time go on with what one of them found. */
  of(key: string, find: () => A): A {
    if (this.#agreement.isAlone) return find()
    this.#agreement.catchUp()
    const known = this.#numbers.get(key)
    if (known !== undefined) return this.#found[known]!
    const mine = [key, find()] as const
    return this.#found[this.#agreement.number(this.#place, key, mine, () => JSON.stringify(mine))]!
  }
}
