/**
 * The part of a global state that belongs to no node: the partition in force, what is left of each budget, which
 * requests were made. It is one interned number, and what an operation does to it is a table.
 */
import type { AnySignature, ClientRecord } from '../../../spec/kernel/index.ts'
import type { Action } from '../../model/action.ts'
import { initialContents, nextContents } from '../../model/clients.ts'
import type { Budget, ValidModel } from '../../model/valid.ts'
import type { Agreement } from './agreement.ts'
import { Interner } from './interner.ts'
import { PairMap } from './pair-map.ts'

export interface LedgerPage {
  /** Position in the model's cuts, or -1. */
  readonly cut: number
  readonly left: Budget
  /** By request. */
  readonly asked: ReadonlyArray<number>
  /** By history property: what it keeps of what clients have seen. */
  readonly contents: ReadonlyArray<unknown>
}

/** What a move takes from the ledger. */
export type Charge =
  | { readonly type: 'budget'; readonly of: keyof Budget }
  | { readonly type: 'request'; readonly request: number; readonly making: number; readonly crash: boolean | null }

const spend = (page: LedgerPage, what: keyof Budget): LedgerPage | null =>
  page.left[what] > 0 ? { ...page, left: { ...page.left, [what]: page.left[what] - 1 } } : null

export const crashBudget = (forGood: boolean): keyof Budget => (forGood ? 'crashesForGood' : 'crashes')

const charged = (page: LedgerPage, charge: Charge): LedgerPage | null => {
  if (charge.type === 'budget') return spend(page, charge.of)
  if (page.asked[charge.request] !== charge.making) return null
  const asked: LedgerPage = { ...page, asked: page.asked.with(charge.request, charge.making + 1) }
  return charge.crash === null ? asked : spend(asked, crashBudget(charge.crash))
}

/** Told once of each content that history properties make of what clients see. */
export type OnSeen = (
  before: ReadonlyArray<unknown>,
  seen: ReadonlyArray<ClientRecord<AnySignature>>,
  after: ReadonlyArray<unknown>
) => void

/** A move of the ledger alone: a partition starts or heals. */
export interface LedgerMove {
  readonly action: Action
  readonly to: number
}

const unknown = -2
export const refused = -1

export class Ledger {
  readonly pages: Interner<LedgerPage>
  readonly #charges: Charge[] = []
  readonly #chargeIds = new Map<string, number>()
  readonly #valid: ValidModel
  readonly #results: Int32Array[] = []
  readonly #moves: (ReadonlyArray<LedgerMove> | undefined)[] = []
  /** By page: its cut, for the hot loop. */
  readonly cuts: number[] = []
  /** By cut, sender and receiver: 1 where the link is cut. */
  readonly #severed: Uint8Array
  readonly #sightings: Interner<ReadonlyArray<ClientRecord<AnySignature>>>
  readonly #seen = new PairMap()
  readonly #nodes: number
  onSeen: OnSeen | null = null

  constructor(valid: ValidModel, agreement: Agreement | null) {
    this.#valid = valid
    this.pages = new Interner({ agreement, onNew: ({ cut }, id) => (this.cuts[id] = cut) })
    this.#nodes = valid.ids.length
    this.#sightings = new Interner({ agreement })
    this.#severed = new Uint8Array(valid.cuts.length * this.#nodes * this.#nodes)
    valid.cuts.forEach(({ links }, cut) =>
      links.forEach(([from, to]) => {
        this.#severed[(cut * this.#nodes + valid.ids.indexOf(from)) * this.#nodes + valid.ids.indexOf(to)] = 1
      })
    )
  }

  /** The first page. */
  initial(): number {
    return this.pages.id({
      cut: -1,
      left: this.#valid.budget,
      asked: this.#valid.requests.map(() => 0),
      contents: initialContents(this.#valid)
    })
  }

  charge(charge: Charge): number {
    const key = charge.type === 'budget' ? charge.of : `${charge.request} ${charge.making} ${charge.crash}`
    const known = this.#chargeIds.get(key)
    if (known !== undefined) return known
    this.#chargeIds.set(key, this.#charges.length)
    return this.#charges.push(charge) - 1
  }

  /** The page after a charge, or {@link refused}. */
  after(page: number, charge: number): number {
    const row = (this.#results[page] ??= new Int32Array(0))
    const known = charge < row.length ? row[charge]! : unknown
    if (known !== unknown) return known
    const next = charged(this.pages.at(page), this.#charges[charge]!)
    const result = next === null ? refused : this.pages.id(next)
    const wide = charge < row.length ? row : new Int32Array(this.#charges.length).fill(unknown)
    if (wide !== row) wide.set(row)
    wide[charge] = result
    this.#results[page] = wide
    return result
  }

  /** The number of what clients see of a step; 0 for nothing. */
  sighting(seen: ReadonlyArray<ClientRecord<AnySignature>>): number {
    return seen.length === 0 ? 0 : this.#sightings.id(seen) + 1
  }

  /** The page after clients have seen something. */
  seen(page: number, sighting: number): number {
    if (sighting === 0) return page
    const known = this.#seen.get(page, sighting)
    if (known >= 0) return known
    const before = this.pages.at(page)
    const records = this.#sightings.at(sighting - 1)
    const contents = nextContents(this.#valid, before.contents, records)
    this.onSeen?.(before.contents, records, contents)
    const after = this.pages.id({ ...before, contents })
    this.#seen.add(page, sighting, after)
    return after
  }

  isSevered(page: number, from: number, to: number): boolean {
    const cut = this.cuts[page]!
    return cut >= 0 && this.#severed[(cut * this.#nodes + from) * this.#nodes + to] === 1
  }

  /** Partitions that may start or heal on a page. */
  moves(page: number): ReadonlyArray<LedgerMove> {
    return (this.#moves[page] ??= this.#findMoves(page))
  }

  #findMoves(id: number): ReadonlyArray<LedgerMove> {
    const page = this.pages.at(id)
    if (page.cut >= 0)
      return this.#valid.heal ? [{ action: { type: 'heal' }, to: this.pages.id({ ...page, cut: -1 }) }] : []
    const spent = spend(page, 'partitions')
    if (spent === null) return []
    return this.#valid.cuts.map(({ name }, cut) => ({
      action: { type: 'partition', cut: name },
      to: this.pages.id({ ...spent, cut })
    }))
  }
}
