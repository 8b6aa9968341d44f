/** Gives equal data the same small number, in the order of first sight. */
import { canonical } from '../../model/data.ts'

export class Interner<A> {
  readonly #ids = new Map<string, number>()
  readonly values: A[] = []

  get size(): number {
    return this.values.length
  }

  id(value: A): number {
    const text = canonical(value)
    const known = this.#ids.get(text)
    if (known !== undefined) return known
    this.#ids.set(text, this.values.length)
    this.values.push(value)
    return this.values.length - 1
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
