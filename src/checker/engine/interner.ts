/** Gives equal data the same small number, in the order of first sight. */
import { canonical, deepFreeze } from '../../model/data.ts'
import type { Agreement } from './agreement.ts'

/** Numbers that several threads agree on, and what else there is to do with a new value. */
export interface Common<A> {
  readonly agreement: Agreement | null
  readonly onNew?: (value: A, id: number) => void
}

export class Interner<A> {
  readonly #ids = new Map<string, number>()
  readonly values: A[] = []
  readonly #agreement: Agreement | null
  readonly #place: number
  readonly #onNew: ((value: A, id: number) => void) | undefined

  constructor({ agreement, onNew }: Common<A> = { agreement: null }) {
    this.#agreement = agreement
    this.#onNew = onNew
    this.#place =
      agreement?.join({
        peek: (key) => this.#ids.get(key) ?? -1,
        // As the one who met it first has it, fields in the same order: a careless predicate may look at that.
        learn: (text, value = deepFreeze(JSON.parse(text))) => this.#learn(canonical(value), value as A),
        texts: () => this.values.map((value) => JSON.stringify(value))
      }) ?? -1
  }

  get size(): number {
    return this.values.length
  }

  id(value: A): number {
    const text = canonical(value)
    const known = this.#ids.get(text)
    if (known !== undefined) return known
    return this.#agreement === null || this.#agreement.isAlone
      ? this.#learn(text, value)
      : this.#agreement.number(this.#place, text, value, () => JSON.stringify(value))
  }

  #learn(text: string, value: A): number {
    const id = this.values.push(value) - 1
    this.#ids.set(text, id)
    this.#onNew?.(value, id)
    return id
  }

  /** The number of a value that may never have been seen: -1 then, and nothing is stored. */
  peek(value: A): number {
    return this.#ids.get(canonical(value)) ?? -1
  }

  /** The value of a number given by {@link id}. */
  at(id: number): A {
    const value = this.values[id]
    if (value === undefined) throw new Error(`nothing is interned as ${id}`)
    return value
  }
}
