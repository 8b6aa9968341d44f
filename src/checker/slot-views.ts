/**
 * Slots as the model's predicates see them, each made once. A view notes what is read of it, field by field, so that
 * slots which differ only in what no predicate has ever read count as the same.
 *
 * Sound because predicates are pure: one that reads the same values takes the same path to the same answer. The keys
 * of a record are always counted as read, its values when their getter is called.
 */
import { isLog, isMap, type AnySignature, type Cause, type NodeView, type Transition } from '../../spec/kernel/index.ts'
import { canonical } from '../model/data.ts'
import { ask, viewOf } from '../model/local.ts'
import type { ValidModel } from '../model/valid.ts'
import type { Alphabet, Response } from './engine/alphabet.ts'

const { isArray } = Array
const { keys, freeze, defineProperty } = Object

type Fields = Readonly<Record<string, unknown>>

/** Whether a value is data with named fields. */
export const isRecord = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !isArray(value) && !isLog(value) && !isMap(value)

/** The same record, telling of each field that is read, once. */
const recording = (record: Fields, onRead: (field: string) => unknown): Fields => {
  const recorder = {}
  for (const field of keys(record)) {
    let isTold = false
    const get = () => {
      if (!isTold) onRead(field)
      isTold = true
      return record[field]
    }
    defineProperty(recorder, field, { enumerable: true, get })
  }
  return freeze(recorder)
}

/** The fields of a view whose own fields are told apart. */
const deep = ['state', 'durable']

export class SlotViews {
  /** Goes up when something is read for the first time: classes from before then no longer count. */
  version = 0
  readonly #valid: ValidModel
  readonly #alphabets: ReadonlyArray<Alphabet>
  readonly #plain: NodeView<AnySignature>[][]
  readonly #views: NodeView<AnySignature>[][]
  readonly #inside: (boolean | undefined)[][]
  /**
   * By node: what was read, as paths such as `state.term`. Interchangeable nodes share it: what a predicate reads of one
   * it must be seen not to read otherwise of another.
   */
  readonly #reads: ReadonlyArray<Set<string>>
  readonly #classes: ReadonlyArray<Map<string, number>>
  /** By node and slot. */
  readonly #classOf: number[][]

  constructor(valid: ValidModel, alphabets: ReadonlyArray<Alphabet>) {
    this.#valid = valid
    this.#alphabets = alphabets
    this.#plain = valid.ids.map(() => [])
    this.#views = valid.ids.map(() => [])
    this.#inside = valid.ids.map(() => [])
    // Of members of several nodes, the first ones can be exchanged for each other, the second ones, and so on.
    const groups = valid.symmetric.flatMap(([first, ...others]) =>
      (first?.nodes ?? []).map((node, index) => [node, ...others.map(({ nodes }) => nodes[index])])
    )
    const shared = groups.map(() => new Set<string>())
    this.#reads = valid.ids.map(
      (_id, node) => shared[groups.findIndex((group) => group.includes(node))] ?? new Set<string>()
    )
    this.#classes = valid.ids.map(() => new Map<string, number>())
    this.#classOf = valid.ids.map(() => [])
  }

  /** A view that does not note what is read of it. */
  plain(node: number, slot: number): NodeView<AnySignature> {
    return (this.#plain[node]![slot] ??= viewOf(this.#valid, node, this.#alphabets[node]!.slots.at(slot)))
  }

  /** A step as step properties see it. */
  transition(node: number, slot: number, event: Cause<AnySignature>, response: Response): Transition<AnySignature> {
    const { rule, effects } = response.reaction
    return { before: this.plain(node, slot), event, rule, effects, after: this.plain(node, response.slot) }
  }

  #noteRead(node: number, path: string): void {
    const reads = this.#reads[node]!
    if (reads.has(path)) return
    reads.add(path)
    this.#classes.forEach((classes, other) => {
      if (this.#reads[other] !== reads) return
      classes.clear()
      this.#classOf[other] = []
    })
    this.version++
  }

  view(node: number, slot: number): NodeView<AnySignature> {
    return (this.#views[node]![slot] ??= this.#recordingView(node, slot))
  }

  #recordingView(node: number, slot: number): NodeView<AnySignature> {
    const plain = this.plain(node, slot)
    const seen = Object.entries(plain).map(([field, value]: [string, unknown]) =>
      deep.includes(field) && isRecord(value)
        ? [field, recording(value, (inner) => this.#noteRead(node, `${field}.${inner}`))]
        : [field, value]
    )
    return recording(Object.fromEntries(seen), (field) =>
      deep.includes(field) && isRecord((plain as unknown as Fields)[field]) ? null : this.#noteRead(node, field)
    ) as unknown as NodeView<AnySignature>
  }

  /** A number that two slots of a node share exactly when all that was ever read of them is the same. */
  classOf(node: number, slot: number): number {
    return (this.#classOf[node]![slot] ??= this.#classify(node, slot))
  }

  #classify(node: number, slot: number): number {
    const plain = this.plain(node, slot) as unknown as Fields
    const shape = deep.map((field) => (isRecord(plain[field]) ? keys(plain[field]).toSorted() : null))
    const values = [...this.#reads[node]!].map((path) => {
      const [field = '', inner] = path.split(/\.(.*)/s)
      const outer = plain[field]
      const value = inner === undefined ? outer : isRecord(outer) ? outer[inner] : undefined
      return value === undefined ? null : [value]
    })
    const text = canonical([plain['up'], shape, values])
    const classes = this.#classes[node]!
    const known = classes.get(text)
    if (known !== undefined) return known
    classes.set(text, classes.size)
    return classes.size - 1
  }

  /** How many classes a node's slots fall into, of those asked for. */
  classCount(node: number): number {
    return this.#classes[node]!.size
  }

  /** Whether the model's node bound holds for a slot. */
  isInside(node: number, slot: number): boolean {
    const bound = this.#valid.model.bounds?.node
    return bound === undefined || (this.#inside[node]![slot] ??= this.#askBound(bound, node, slot))
  }

  #askBound(bound: (view: NodeView<AnySignature>) => boolean, node: number, slot: number): boolean {
    return ask(() => bound(this.plain(node, slot)), `the bound of node ${this.#valid.ids[node]}`, this.#valid)
  }
}
