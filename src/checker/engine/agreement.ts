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
  /** The number of a key, or -1. */
  readonly peek: (key: string) => number
  /** Gives the next number to what a text of the log stands for; `value` is that, where it is at hand. */
  readonly learn: (text: string, value?: unknown) => number
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
  readonly #header: Int32Array
  readonly #log: Int32Array
  readonly #bytes: Buffer
  readonly #numberings: Numbering[] = []
  /** How many words of the log were read. */
  #read = 0

  /** Both on shared memory, zeroed at the start; `header` has {@link agreementHeader} words. */
  constructor(header: Int32Array, log: Int32Array) {
    this.#header = header
    this.#log = log
    this.#bytes = Buffer.from(log.buffer, log.byteOffset, log.byteLength)
  }

  /** A numbering that threads agree on. All threads join theirs in the same order, before any of them is used. */
  join(numbering: Numbering): number {
    return this.#numberings.push(numbering) - 1
  }

  /**
   * The number of a value that this thread has not met.
   *
   * @param text what to write into the log of it
   * @throws OutOfMemory where the log is full
   */
  number(place: number, key: string, text = key, value?: unknown): number {
    const numbering = this.#numberings[place]!
    this.#lock()
    try {
      this.catchUp()
      const known = numbering.peek(key)
      if (known >= 0) return known
      this.#write(place, text)
      return numbering.learn(text, value)
    } finally {
      this.#unlock()
    }
  }

  /** Takes in all that the others have written. What is written stays, so this needs no lock. */
  catchUp(): void {
    const end = load(this.#header, endCell)
    while (this.#read < end) {
      const place = this.#log[this.#read]!
      const length = this.#log[this.#read + 1]!
      const at = (this.#read + entryWords) * 4
      this.#read += entryWords + ((length + 3) >> 2)
      this.#numberings[place]!.learn(this.#bytes.toString('utf8', at, at + length))
    }
  }

  #write(place: number, text: string): void {
    const at = this.#read
    const room = (this.#log.length - at - entryWords) * 4
    if (Buffer.byteLength(text) > room) throw new OutOfMemory('the memory set apart for the values that threads share')
    const length = this.#bytes.write(text, (at + entryWords) * 4)
    this.#log[at] = place
    this.#log[at + 1] = length
    this.#read = at + entryWords + ((length + 3) >> 2)
    store(this.#header, endCell, this.#read)
  }

  #lock(): void {
    if (compareExchange(this.#header, lockCell, unlocked, locked) === unlocked) return
    while (Atomics.exchange(this.#header, lockCell, contended) !== unlocked) wait(this.#header, lockCell, contended)
  }

  #unlock(): void {
    if (add(this.#header, lockCell, -1) === locked) return
    store(this.#header, lockCell, unlocked)
    notify(this.#header, lockCell, 1)
  }
}

/** What was found out, by key: one thread finds it out, the others are told. Plain data. */
export class Findings<A> {
  readonly #numbers = new Map<string, number>()
  readonly #found: A[] = []
  readonly #agreement: Agreement
  readonly #place: number

  constructor(agreement: Agreement) {
    this.#agreement = agreement
    this.#place = agreement.join({
      peek: (key) => this.#numbers.get(key) ?? -1,
      learn: (text, value = JSON.parse(text)) => {
        const [key, found] = value as readonly [string, A]
        this.#numbers.set(key, this.#found.length)
        return this.#found.push(found) - 1
      }
    })
  }

  /** `find` is called unless another thread has told what it found; two that find at the same time go on with what one of them found. */
  of(key: string, find: () => A): A {
    this.#agreement.catchUp()
    const known = this.#numbers.get(key)
    if (known !== undefined) return this.#found[known]!
    const mine = [key, find()] as const
    return this.#found[this.#agreement.number(this.#place, key, JSON.stringify(mine), mine)]!
  }
}
