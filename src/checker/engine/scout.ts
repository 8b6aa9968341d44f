/**
 * Goes ahead of a search and finds most of the slots and letters there are, so that the tables of the reductions are right from the beginning: whatever
 * a search is the first to meet makes it begin again.
 *
 * On the asynchronous network the more messages are in flight, the more may happen. So of all states with the same slots and page a scout keeps
 * one, until it meets another that has more letters. Partitions only keep messages back: a scout leaves them out. All that it meets can happen; that
 * it may miss some is the search's to notice.
 */
import { start } from '../../model/local.ts'
import { Refusal } from '../../model/problem.ts'
import type { ValidModel } from '../../model/valid.ts'
import type { Alphabet } from './alphabet.ts'
import type { Outcome, Prospect } from './entries.ts'
import type { Letters } from './inboxes.ts'
import { Interner } from './interner.ts'
import { Ledger } from './ledger.ts'
import { Prospects } from './prospects.ts'
import { Symmetry } from './symmetry.ts'

/** A global state. */
interface Moment {
  readonly slots: ReadonlyArray<number>
  /** By node, in no order. */
  readonly inboxes: ReadonlyArray<Letters>
  readonly page: number
  readonly depth: number
}

/** A state to go on from. */
interface Lead extends Moment {
  /** Stands for its slots and page. */
  readonly key: number | string
  /** Of letters. */
  readonly count: number
}

/** States between two looks at the clock. */
const chunk = 256

/** Undefined where the model turns out wrong: the search will tell of it if it gets there. */
const unlessRefused = <A>(run: () => A): A | undefined => {
  try {
    return run()
  } catch (error) {
    if (error instanceof Refusal) return undefined
    throw error
  }
}

export class Scout {
  readonly #valid: ValidModel
  readonly #isInside: (node: number, slot: number) => boolean
  readonly #keeps: (node: number, slot: number, letter: number) => boolean
  readonly #symmetry: Symmetry | null
  readonly #ledger: Ledger
  readonly #packets: ReadonlyArray<{ readonly packets: Interner<Letters> }>
  readonly #prospects: ReadonlyArray<Prospects>
  /** By key: the most letters so far. */
  readonly #most = new Map<number | string, number>()
  /** As far from the start as each other, and one step further. */
  #level: Lead[] = []
  #later: Lead[] = []
  #next = 0
  /** Rules that have fired. */
  readonly fired = new Set<string>()

  /** @param keeps whether a letter may still matter to a node in a slot, as far as is known: others are forgotten */
  constructor(
    valid: ValidModel,
    alphabets: ReadonlyArray<Alphabet>,
    isInside: (node: number, slot: number) => boolean,
    keeps: (node: number, slot: number, letter: number) => boolean,
    isSymmetric: boolean
  ) {
    this.#valid = valid
    this.#isInside = isInside
    this.#keeps = keeps
    this.#ledger = new Ledger(valid, null)
    this.#symmetry = isSymmetric ? new Symmetry(valid, alphabets) : null
    this.#symmetry?.use([], this.#ledger)
    this.#packets = alphabets.map(() => ({ packets: new Interner<Letters>() }))
    this.#prospects = alphabets.map(
      (alphabet) =>
        new Prospects(valid, alphabet, this.#ledger, this.#packets, null, null, (_slot, _label, { reaction }) => {
          if (reaction.rule !== null) this.fired.add(reaction.rule)
          return false
        })
    )
    const starts = alphabets.map((alphabet, node) => alphabet.number(start(valid, node)))
    this.#meet({
      slots: starts.map(({ slot }) => slot),
      inboxes: alphabets.map((_alphabet, node) => [
        ...new Set(starts.flatMap(({ sends }) => sends.filter(({ to }) => to === node).map(({ letter }) => letter)))
      ]),
      page: this.#ledger.initial(),
      depth: 0
    })
  }

  #meet({ slots, inboxes, page, depth }: Moment): void {
    const alive = inboxes.map((letters, node) => letters.filter((letter) => this.#keeps(node, slots[node]!, letter)))
    const count = alive.reduce((sum, { length }) => sum + length, 0)
    const key = this.#symmetry?.signature(slots, page) ?? `${slots.join()} ${page}`
    if (count <= (this.#most.get(key) ?? -1)) return
    this.#most.set(key, count)
    this.#later.push({ slots, inboxes: alive, page, depth, key, count })
  }

  /** Goes on for so many states. Yields now and then, so that the caller can look at the clock. */
  *look(states: number): Generator<undefined> {
    for (let left = states; left > 0; left--) {
      if (this.#next === this.#level.length) {
        this.#level = this.#later
        this.#later = []
        this.#next = 0
      }
      const lead = this.#level[this.#next++]
      if (lead === undefined) return
      // Another with more letters may have taken its place.
      if (lead.count === this.#most.get(lead.key)) unlessRefused(() => this.#expand(lead))
      if (left % chunk === 0) yield undefined
    }
  }

  #expand(moment: Moment): void {
    const { slots, inboxes, depth } = moment
    if (depth >= (this.#valid.model.bounds?.depth ?? Infinity)) return
    if (!slots.every((slot, node) => this.#isInside(node, slot))) return
    slots.forEach((slot, node) => {
      const prospects = this.#prospects[node]!
      for (const prospect of prospects.ofSlot(slot)) this.#follow(moment, node, prospect)
      for (const letter of inboxes[node]!)
        for (const prospect of prospects.ofLetter(slot, letter)) this.#follow(moment, node, prospect)
    })
  }

  #follow(moment: Moment, node: number, prospect: Prospect): void {
    const { slots, page } = moment
    const charge = this.#prospects[node]!.guardCharge[prospect.guard]!
    const after = charge < 0 ? page : this.#ledger.after(page, charge)
    if (after < 0) return
    for (const outcome of unlessRefused(() => this.#prospects[node]!.outcomes(slots[node]!, prospect)) ?? []) {
      const { slot, own, packets, sighting } = outcome
      const isIdle = after === page && slot === slots[node] && own.length + packets.length + sighting === 0
      if (!isIdle) this.#meet(this.#following(moment, node, outcome, after))
    }
  }

  #following({ slots, inboxes, depth }: Moment, node: number, outcome: Outcome, page: number): Moment {
    const next = [...inboxes]
    const post = (to: number, letters: Letters): void => {
      next[to] = [...next[to]!, ...letters.filter((letter) => !next[to]!.includes(letter))]
    }
    if (outcome.own.length > 0) post(node, outcome.own)
    for (let at = 0; at < outcome.packets.length; at += 2) {
      const to = outcome.packets[at]!
      post(to, this.#packets[to]!.packets.at(outcome.packets[at + 1]!))
    }
    return {
      slots: slots.with(node, outcome.slot),
      inboxes: next,
      page: this.#ledger.seen(page, outcome.sighting),
      depth: depth + 1
    }
  }
}
