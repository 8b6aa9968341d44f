/**
 * One node's frames: a slot and an inbox together are one small number, and each frame has the list of everything
 * that may happen at the node there. Expanding a global state is a walk over its nodes' lists.
 *
 * A list is written when its frame is first expanded. What depends on the ledger (a crash needs budget, a request may
 * have been made) or on a partition is left open until it is first allowed, so that the reducer never sees an event
 * that cannot happen, and a rule that is listed as fired did fire.
 */
import type { Action } from '../../model/action.ts'
import type { ValidModel } from '../../model/valid.ts'
import type { Alphabet, Response } from './alphabet.ts'
import type { Agreement } from './agreement.ts'
import { entryHead, type Candidate, type Entry, type Label, type MayFire } from './entries.ts'
import { Inboxes, type Letters } from './inboxes.ts'
import type { Ledger } from './ledger.ts'
import { PairMap } from './pair-map.ts'
import { Interner } from './interner.ts'
import { grown } from './packed-set.ts'
import { Prospects } from './prospects.ts'
import { settle, type NextSilent, type Settling } from './settle.ts'

/** Told each time something is found possible, before its entry is used. */
export interface Witness {
  /** Whether the step is remarkable: it stays in the list though it may change nothing. */
  readonly taken: (step: TakenStep) => boolean
  /** A letter was dropped where the node, if it goes on from this slot, would have ignored it, by this rule. */
  readonly ignored: (node: number, slot: number, rule: () => string) => void
  /** A node began, by this rule. */
  readonly started: (rule: string) => void
}

/** A step of a node that can happen in a reachable state. */
export interface TakenStep {
  readonly frames: Frames
  readonly slot: number
  readonly label: number
  readonly response: Response
}

type Pair = readonly [slot: number, inbox: number]

export class Frames {
  readonly node: number
  readonly alphabet: Alphabet
  readonly inboxes: Inboxes
  readonly packets: Interner<Letters>
  /** How many frames there are. */
  size = 0
  /** By frame. */
  slots: Int32Array = new Int32Array(64)
  #inboxOf: Int32Array = new Int32Array(64)
  /** The lists, one after the other; by frame: where its list starts and ends, and 1 once nothing more can come to it. */
  pool: Int32Array = new Int32Array(1024)
  #poolEnd = 0
  starts: Int32Array = new Int32Array(64)
  ends: Int32Array = new Int32Array(64)
  isComplete: Int32Array = new Int32Array(64)
  /** By frame whose list is written and not complete. */
  readonly #open = new Map<number, Candidate[]>()
  /** By guard: what it costs. */
  readonly guardCharge: ReadonlyArray<number>
  readonly #prospects: Prospects
  readonly #ids = new PairMap()
  readonly #sums = new PairMap()
  readonly #ledger: Ledger
  readonly #witness: Witness
  readonly #keeps: ((slot: number, letter: number) => boolean) | null
  readonly #standsFor: ((slot: number, letter: number) => number) | null
  readonly #settling: Settling | null
  readonly #mayFire: MayFire | null
  readonly #agreement: Agreement
  readonly #place: number

  constructor(
    valid: ValidModel,
    alphabet: Alphabet,
    ledger: Ledger,
    all: ReadonlyArray<Frames>,
    witness: Witness,
    keeps: ((slot: number, letter: number) => boolean) | null,
    standsFor: ((slot: number, letter: number) => number) | null,
    nextSilent: NextSilent | null,
    mayFire: MayFire | null,
    agreement: Agreement
  ) {
    this.node = alphabet.node
    this.alphabet = alphabet
    this.packets = new Interner({ agreement })
    this.inboxes = new Inboxes(valid.model.network.kind, alphabet.senders)
    this.#ledger = ledger
    this.#witness = witness
    this.#keeps = keeps
    this.#standsFor = standsFor
    this.#settling =
      nextSilent === null
        ? null
        : {
            alphabet,
            inboxes: this.inboxes,
            next: nextSilent,
            alive: (slot, letters) => this.#telling(slot, letters),
            onStep: (slot, stimulus, response) => {
              const label = this.#prospects.labelId({ type: 'step', stimulus, crash: null })
              witness.taken({ frames: this, slot, label, response })
            }
          }
    this.#mayFire = mayFire
    this.#agreement = agreement
    this.#place = agreement.join({
      peek: (_name, pair) => this.#ids.get(...(pair as Pair)),
      learn: (name, pair = this.#named(name)) => this.#learn(...(pair as Pair)),
      texts: () =>
        Array.from({ length: this.size }, (_, frame) => this.#nameOf(this.slots[frame]!, this.#inboxOf[frame]!))
    })
    this.#prospects = new Prospects(valid, alphabet, ledger, all, mayFire, agreement, (slot, label, response) =>
      witness.taken({ frames: this, slot, label, response })
    )
    this.guardCharge = this.#prospects.guardCharge
  }

  /** The frame of a slot and letters; letters that can never matter again are dropped here, and silent steps taken. */
  frame(slot: number, letters: Letters): number {
    if (this.#settling === null) return this.#frame(slot, this.#telling(slot, letters))
    return this.#frame(...settle(this.#settling, slot, letters))
  }

  #frame(slot: number, letters: Letters): number {
    const inbox = this.inboxes.id(letters)
    const known = this.#ids.get(slot, inbox)
    if (known >= 0) return known
    return this.#agreement.isAlone
      ? this.#learn(slot, inbox)
      : this.#agreement.number(this.#place, this.#nameOf(slot, inbox), [slot, inbox])
  }

  #learn(slot: number, inbox: number): number {
    const id = this.size++
    this.#ids.add(slot, inbox, id)
    this.slots = grown(this.slots, this.size)
    this.#inboxOf = grown(this.#inboxOf, this.size)
    this.starts = grown(this.starts, this.size)
    this.ends = grown(this.ends, this.size)
    this.isComplete = grown(this.isComplete, this.size)
    this.slots[id] = slot
    this.#inboxOf[id] = inbox
    return id
  }

  /** A frame as threads name it to each other: the slot, and the letters of the inbox. */
  #nameOf(slot: number, inbox: number): string {
    return [slot, ...this.inboxes.at(inbox)].join(' ')
  }

  #named(text: string): Pair {
    const [slot = -1, ...letters] = text.split(' ').map(Number)
    return [slot, this.inboxes.id(letters)]
  }

  #alive(slot: number, letters: Letters): Letters {
    const keeps = this.#keeps
    if (keeps === null || letters.every((letter) => keeps(slot, letter))) return letters
    return letters.filter((letter) => {
      const kept = keeps(slot, letter)
      if (!kept && this.alphabet.isReady(slot, letter))
        this.#witness.ignored(this.node, slot, () => this.alphabet.respond(slot, letter).reaction.rule ?? '')
      return kept
    })
  }

  /** The letters that can still matter; of those that behave alike, one. */
  #telling(slot: number, letters: Letters): Letters {
    const alive = this.#alive(slot, letters)
    const standsFor = this.#standsFor
    if (standsFor === null || alive.every((letter) => standsFor(slot, letter) === letter)) return alive
    return this.inboxes.ordered([...new Set(alive.map((letter) => standsFor(slot, letter)))])
  }

  letters(frame: number): Letters {
    return this.inboxes.at(this.#inboxOf[frame]!)
  }

  /** The frame after a packet has arrived. */
  sum(frame: number, packet: number): number {
    const known = this.#sums.get(frame, packet)
    return known >= 0 ? known : this.#add(frame, packet)
  }

  /** Apart from {@link sum}, which would otherwise make room for this function's closure at every call: 40 bytes, for nearly every transition. */
  #add(frame: number, packet: number): number {
    const inbox = this.packets
      .at(packet)
      .reduce((sofar, letter) => this.inboxes.posted(sofar, letter), this.#inboxOf[frame]!)
    const result = this.frame(this.slots[frame]!, this.inboxes.at(inbox))
    this.#sums.add(frame, packet, result)
    return result
  }

  label(id: number): Label {
    return this.#prospects.label(id)
  }

  /** Whether a guard lets something happen in a state whose ledger page is `page`. */
  isAllowed(guard: number, page: number, state: number): boolean {
    const { guardSender, guardTimer } = this.#prospects
    const sender = guardSender[guard]!
    if (sender >= 0 && this.#ledger.isSevered(page, sender, this.node)) return false
    const charge = this.guardCharge[guard]!
    if (charge >= 0 && this.#ledger.after(page, charge) < 0) return false
    const timer = guardTimer[guard]!
    return timer < 0 || this.#mayFire!(state, this.node, timer)
  }

  /** Makes a frame's list complete for the conditions of a state. */
  prepare(frame: number, page: number, state: number): void {
    if (this.isComplete[frame] === 1) return
    const known = this.#open.get(frame)
    const candidates = known ?? this.#candidates(frame)
    let isNew = known === undefined
    for (const candidate of candidates) {
      if (candidate.entries !== null || !this.isAllowed(candidate.prospect.guard, page, state)) continue
      candidate.entries = this.#evaluate(frame, candidate)
      isNew = true
    }
    if (!isNew) return
    if (candidates.some(({ entries }) => entries === null)) this.#open.set(frame, candidates)
    else {
      this.#open.delete(frame)
      this.isComplete[frame] = 1
    }
    this.#write(frame, candidates)
  }

  /** The places in the pool of what may happen in a frame that is expanded, in a state. */
  allowed(frame: number, page: number, state: number): ReadonlyArray<number> {
    const places: number[] = []
    for (let at = this.starts[frame]!; at < this.ends[frame]!; at += entryHead + 2 * this.pool[at + 4]!)
      if (this.isAllowed(this.pool[at]!, page, state)) places.push(at)
    return places
  }

  #write(frame: number, candidates: ReadonlyArray<Candidate>): void {
    this.starts[frame] = this.#poolEnd
    for (const { prospect, entries } of candidates)
      for (const entry of entries ?? []) {
        const end = this.#poolEnd + entryHead + entry.packets.length
        this.pool = grown(this.pool, end)
        this.pool.set(
          [prospect.guard, entry.frame, entry.label, entry.sighting, entry.packets.length / 2],
          this.#poolEnd
        )
        this.pool.set(entry.packets, this.#poolEnd + entryHead)
        this.#poolEnd = end
      }
    this.ends[frame] = this.#poolEnd
  }

  /** Everything that might happen in a frame, in a fixed order, whether allowed now or not. */
  #candidates(frame: number): Candidate[] {
    const foremost = this.inboxes.foremost(this.letters(frame))
    return this.#prospects.of(this.slots[frame]!, foremost).map((prospect) => ({ prospect, entries: null }))
  }

  #evaluate(frame: number, { prospect }: Candidate): ReadonlyArray<Entry> {
    const slot = this.slots[frame]!
    const letters = this.letters(frame)
    const { type, stimulus } = prospect.label
    if (type === 'lose' || type === 'duplicate') {
      const inbox = type === 'lose' ? this.inboxes.take(letters, stimulus) : this.inboxes.double(letters, stimulus)
      const label = this.#prospects.labelId(prospect.label)
      return [{ frame: this.frame(slot, inbox), label, sighting: 0, packets: [] }]
    }
    const isDelivery = type === 'step' && this.alphabet.senders[stimulus]! >= 0
    const rest = isDelivery ? this.inboxes.delivered(letters, stimulus) : letters
    const isFree = this.guardCharge[prospect.guard]! < 0
    const entries: Entry[] = []
    for (const { slot: next, own, label, sighting, packets, isRemarkable } of this.#prospects.outcomes(
      slot,
      prospect
    )) {
      const inbox = own.reduce((sofar, letter) => this.inboxes.post(sofar, letter), rest)
      const found = this.frame(next, inbox)
      const isIdle = isFree && found === frame && packets.length + own.length === 0 && sighting === 0
      if (!isIdle || isRemarkable) entries.push({ frame: found, label, sighting, packets })
    }
    return entries
  }

  /** The step that a label stands for in a slot. */
  taken(slot: number, label: number): TakenStep | null {
    const response = this.#prospects.response(slot, label)
    return response === null ? null : { frames: this, slot, label, response }
  }

  /** The action that a label stands for. */
  action(label: number): Action {
    return this.#prospects.action(label)
  }
}
