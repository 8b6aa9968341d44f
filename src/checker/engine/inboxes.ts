/** The inboxes of one node, as interned lists of letters, and what each change makes of them. */
import type { Network } from '../../model/model.ts'
import { PairMap } from './pair-map.ts'

/** Letters in the order that `src/model/inbox.ts` defines, with numbers for texts. */
export type Letters = ReadonlyArray<number>

export class Inboxes {
  readonly #kind: Network['kind']
  readonly #senders: ReadonlyArray<number>
  readonly #ids = new Map<string, number>()
  readonly #contents: Letters[] = []
  /** By inbox and letter: the inbox once that is sent. */
  readonly #posted = new PairMap()
  /** What was asked for last, and its number: many steps leave the inbox as it is. */
  #last: Letters | null = null
  #lastId = -1

  /** `senders` tells the sender of each letter; it grows as letters are interned. */
  constructor(kind: Network['kind'], senders: ReadonlyArray<number>) {
    this.#kind = kind
    this.#senders = senders
  }

  id(letters: Letters): number {
    if (letters === this.#last) return this.#lastId
    const text = letters.join()
    const known = this.#ids.get(text)
    const id = known ?? this.#contents.push(letters) - 1
    if (known === undefined) this.#ids.set(text, id)
    this.#remember(letters, id)
    return id
  }

  #remember(letters: Letters, id: number): void {
    this.#last = letters
    this.#lastId = id
  }

  at(inbox: number): Letters {
    return this.#contents[inbox]!
  }

  get size(): number {
    return this.#contents.length
  }

  /** A letter is sent. */
  post(letters: Letters, letter: number): Letters {
    if (this.#kind === 'asynchronous' && letters.includes(letter)) return letters
    const later = letters.findIndex((other) =>
      this.#kind === 'fifo' ? this.#senders[other]! > this.#senders[letter]! : other > letter
    )
    return letters.toSpliced(later < 0 ? letters.length : later, 0, letter)
  }

  /** The same by numbers. */
  posted(inbox: number, letter: number): number {
    const known = this.#posted.get(inbox, letter)
    if (known < 0) {
      const after = this.id(this.post(this.at(inbox), letter))
      this.#posted.add(inbox, letter, after)
      return after
    }
    this.#remember(this.at(known), known)
    return known
  }

  /** The letters that may be delivered next, or lost, or duplicated: each once. */
  foremost(letters: Letters): Letters {
    return this.#kind === 'fifo'
      ? letters.filter((letter, index) => index === 0 || this.#senders[letters[index - 1]!] !== this.#senders[letter])
      : letters.filter((letter, index) => letters[index - 1] !== letter)
  }

  /** Letters in the order of an inbox; on fifo the queues are kept. */
  ordered(letters: Letters): Letters {
    return this.#kind === 'fifo'
      ? letters.toSorted((a, b) => this.#senders[a]! - this.#senders[b]!)
      : letters.toSorted((a, b) => a - b)
  }

  take(letters: Letters, letter: number): Letters {
    return letters.toSpliced(letters.indexOf(letter), 1)
  }

  double(letters: Letters, letter: number): Letters {
    return letters.toSpliced(letters.indexOf(letter), 0, letter)
  }

  delivered(letters: Letters, letter: number): Letters {
    return this.#kind === 'asynchronous' ? letters : this.take(letters, letter)
  }
}
