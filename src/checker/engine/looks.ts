/**
 * What frames and ledger pages look like to each of the members that may be exchanged, as numbers that do not depend on names: names are
 * blurred to their group, but for those of the member that looks and of the node itself.
 *
 * The number of a frame is a sum over its slot and its letters, each looked at once. Two that are unlike may have the same number by
 * chance: such members are told apart by trying.
 */
import { canonical } from '../../model/data.ts'
import type { ValidModel } from '../../model/valid.ts'
import type { Alphabet } from './alphabet.ts'
import type { Frames } from './frames.ts'
import type { Ledger } from './ledger.ts'

const { isArray } = Array
const { entries } = Object
const { imul } = Math

/** Spreads a number over all bits; never 0, which stands for what was not looked at yet. */
export const spread = (number: number): number => {
  let hash = imul(number ^ (number >>> 16), 0x7feb352d)
  hash = imul(hash ^ (hash >>> 15), 0x846ca68b)
  return (hash ^ (hash >>> 16)) | 1
}

const numberOf = (text: string): number => {
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at++) hash = imul(hash ^ text.charCodeAt(at), 0x01000193)
  return spread(hash)
}

type Blur = ReadonlyMap<string, string>

const inOrder = (list: ReadonlyArray<unknown>): ReadonlyArray<unknown> =>
  list
    .map((item) => ({ item, text: canonical(item) }))
    .toSorted((a, b) => (a.text < b.text ? -1 : 1))
    .map(({ item }) => item)

/** Data with names blurred; what was ordered by name alone is ordered by what is left, or all lists where `isLoose`. */
const blurred = (value: unknown, blur: Blur, isLoose: boolean): unknown => {
  if (typeof value === 'string') return blur.get(value) ?? value
  if (typeof value !== 'object' || value === null) return value
  if (!isArray(value))
    return inOrder(entries(value).map(([key, inner]) => [blur.get(key) ?? key, blurred(inner, blur, isLoose)]))
  const list = value.map((item) => blurred(item, blur, isLoose))
  const isOfNames = value.every((item) => typeof item === 'string' && blur.has(item))
  return isLoose || isOfNames ? inOrder(list) : list
}

/** The names that occur in data, as strings or as keys. */
const namesIn = (value: unknown, names: ReadonlyMap<string, unknown>, found: Set<string>): Set<string> => {
  if (typeof value === 'string') return names.has(value) ? found.add(value) : found
  if (typeof value !== 'object' || value === null) return found
  if (!isArray(value)) for (const key of Object.keys(value)) if (names.has(key)) found.add(key)
  for (const inner of isArray(value) ? value : Object.values(value)) namesIn(inner, names, found)
  return found
}

/** Rows of as many numbers as there are members, by the number of what is looked at. */
class Rows {
  numbers = new Int32Array(0)
  readonly #width: number

  constructor(width: number) {
    this.#width = width
  }

  has(index: number): boolean {
    const at = index * this.#width
    return at < this.numbers.length && this.numbers[at] !== 0
  }

  /** Where the row begins; there is room for it now. */
  place(index: number): number {
    const at = index * this.#width
    if (at + this.#width > this.numbers.length) {
      const larger = new Int32Array(2 * (at + this.#width))
      larger.set(this.numbers)
      this.numbers = larger
    }
    return at
  }
}

/** The letters that a letter stands for. */
export type Likes = (node: number, slot: number, letter: number) => ReadonlyArray<number>

export class Looks {
  /** How many members there are, in all groups. */
  readonly width: number
  /** By node, and at last of the ledger: by frame or page. */
  readonly rows: ReadonlyArray<Rows>
  readonly #valid: ValidModel
  readonly #alphabets: ReadonlyArray<Alphabet>
  /** By node: its member, or -1. */
  readonly #own: ReadonlyArray<number>
  /** By node, and at last of the ledger: by member, and at last for one that is not in it. */
  readonly #blurs: ReadonlyArray<ReadonlyArray<Blur>>
  /** By name that is blurred: its members. */
  readonly #members = new Map<string, ReadonlyArray<number>>()
  readonly #slots: ReadonlyArray<Rows>
  readonly #letters: ReadonlyArray<Rows>
  /** By node: what tells it from nodes that it cannot be exchanged for. */
  readonly #kinds: ReadonlyArray<number>
  /** The letters that a letter stands for at a node in a slot; null where each stands for itself. */
  #likes: Likes | null = null
  #frames: ReadonlyArray<Frames> = []
  #ledger: Ledger | null = null

  constructor(valid: ValidModel, alphabets: ReadonlyArray<Alphabet>, movedRequests: ReadonlySet<number>) {
    this.#valid = valid
    this.#alphabets = alphabets
    const members = valid.symmetric.flatMap((group, index) => group.map((member) => ({ ...member, group: index })))
    this.width = members.length
    const places = [...valid.ids, null]
    const rows = () => places.map(() => new Rows(this.width))
    this.rows = rows()
    this.#slots = rows()
    this.#letters = rows()
    this.#own = valid.ids.map((_id, node) => members.findIndex(({ nodes }) => nodes.includes(node)))
    this.#kinds = valid.ids.map((_id, node) => {
      const own = members[this.#own[node]!]
      return numberOf(own === undefined ? `node ${node}` : `group ${own.group} ${own.nodes.indexOf(node)}`)
    })
    members.forEach(({ names }, member) => names.forEach((name) => this.#members.set(name, [member])))
    for (const request of movedRequests) {
      const { request: asked, at, ids } = valid.requests[request]!
      const known = namesIn([asked, at.map((node) => valid.ids[node]!)], this.#members, new Set())
      const of = [...known].flatMap((name) => this.#members.get(name) ?? [])
      ids.forEach((id) => this.#members.set(id, of))
    }
    const blurFor = (own: number, other: number): Blur => {
      const blur = new Map<string, string>(valid.ids.map((id) => [id, id]))
      members.forEach(({ names, group }, member) => {
        const who = member === own ? ' me' : member === other ? ' you' : ' '
        names.forEach((name, index) => blur.set(name, `${who}${group}.${index}`))
      })
      const ofNames = new Map(blur)
      for (const request of movedRequests) {
        const { request: asked, at, ids } = valid.requests[request]!
        const nodes = at.map((node) => valid.ids[node]!)
        const text = canonical([blurred(asked, ofNames, false), blurred(nodes, ofNames, true)])
        ids.forEach((id, making) => blur.set(id, ` ${making} ${text}`))
      }
      return blur
    }
    this.#blurs = places.map((_id, node) => {
      const own = this.#own[node] ?? -1
      return [...members.map((_member, member) => blurFor(own, member)), blurFor(own, -1)]
    })
  }

  /** The tables of a pass. */
  use(frames: ReadonlyArray<Frames>, ledger: Ledger, likes: Likes | null): void {
    this.#frames = frames
    this.#likes = likes
    this.#ledger = ledger
    this.rows.forEach((rows) => rows.numbers.fill(0))
  }

  /** Looks at data with the eyes of each member; most are not in it, and see the same. */
  #look(node: number, value: unknown, isLoose: boolean, rows: Rows, index: number): void {
    const at = rows.place(index)
    const blurs = this.#blurs[node]!
    const numberFor = (blur: Blur) => numberOf(canonical(blurred(value, blur, isLoose)))
    rows.numbers.fill(numberFor(blurs[this.width]!), at, at + this.width)
    const within = new Set([...namesIn(value, this.#members, new Set())].flatMap((name) => this.#members.get(name)!))
    for (const member of within) if (member !== this.#own[node]) rows.numbers[at + member] = numberFor(blurs[member]!)
  }

  /** Where the row of a slot begins. */
  #slot(node: number, slot: number): number {
    const rows = this.#slots[node]!
    if (!rows.has(slot)) this.#look(node, this.#alphabets[node]!.slots.at(slot), false, rows, slot)
    return rows.place(slot)
  }

  /** What a slot looks like to a member, with an inbox that looks like `inbox`; 0 for none. */
  ofSlot(node: number, slot: number, member: number, inbox = 0): number {
    const at = this.#slot(node, slot)
    const own = member === this.#own[node] ? 1 : 0
    return spread(spread(this.#slots[node]!.numbers[at + member]! ^ this.#kinds[node]!) + imul(inbox, 0x9e3779b9) + own)
  }

  #letter(node: number, letter: number): number {
    const rows = this.#letters[node]!
    if (!rows.has(letter)) this.#look(node, this.#alphabets[node]!.stimuli.at(letter), false, rows, letter)
    return rows.place(letter)
  }

  /** Looks at a frame, with the eyes of each member. */
  lookAt(node: number, frame: number): void {
    const frames = this.#frames[node]!
    const slot = frames.slots[frame]!
    const letters = frames.letters(frame)
    const likes = this.#likes
    // Which of those that are alike is in the inbox depends on names; which they are does not.
    const standing = letters.map((letter) => likes?.(node, slot, letter) ?? [letter])
    for (const letter of standing.flat()) this.#letter(node, letter)
    const { numbers: looks } = this.#letters[node]!
    const rows = this.rows[node]!
    const at = rows.place(frame)
    const isQueued = this.#valid.model.network.kind === 'fifo'
    for (let member = 0; member < this.width; member++) {
      const numbers = standing.map((those) =>
        spread(those.reduce((sum, letter) => (sum + looks[letter * this.width + member]!) | 0, 0))
      )
      const inbox = isQueued
        ? this.#sumOfQueues(node, letters, numbers)
        : numbers.reduce((sum, number) => (sum + number) | 0, 0)
      rows.numbers[at + member] = this.ofSlot(node, slot, member, inbox)
    }
  }

  /** In order from each sender, whatever the order of senders. */
  #sumOfQueues(node: number, letters: ReadonlyArray<number>, numbers: ReadonlyArray<number>): number {
    const { senders } = this.#alphabets[node]!
    const queues = new Map<number, number>()
    letters.forEach((letter, index) => {
      const sender = senders[letter]!
      queues.set(sender, spread(imul(queues.get(sender) ?? 0, 31) + numbers[index]!))
    })
    return [...queues.values()].reduce((sum, queue) => (sum + queue) | 0, 0)
  }

  /** Looks at a ledger page, with the eyes of each member. */
  lookAtPage(page: number): void {
    const { cut, asked, contents } = this.#ledger!.pages.at(page)
    const { cuts, requests, ids } = this.#valid
    const links = (cuts[cut]?.links ?? []).map(([from, to]) => ({ from, to }))
    const makings = requests.map(({ request, at }, index) => [request, at.map((node) => ids[node]!), asked[index]!])
    // Lists may be in an order that names have a part in.
    this.#look(
      ids.length,
      [
        ['links', links],
        ['asked', makings],
        ['contents', contents]
      ],
      true,
      this.rows[ids.length]!,
      page
    )
  }
}
