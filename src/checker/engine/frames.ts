/**
 * One node's frames: a slot and an inbox together are one small number, and each frame has the list of everything
 * that may happen at the node there. Expanding a global state is a walk over its nodes' lists.
 *
 * A list is written when its frame is first expanded. What depends on the ledger (a crash needs budget, a request may
 * have been made) or on a partition is left open until it is first allowed, so that the reducer never sees an event
 * that cannot happen, and a rule that is listed as fired did fire.
 */
import type { Action } from '../../model/action.ts'
import { seenOf } from '../../model/clients.ts'
import { snapshotsOf } from '../../model/local.ts'
import type { ValidModel } from '../../model/valid.ts'
import type { Alphabet, Response } from './alphabet.ts'
import type { Agreement } from './agreement.ts'
import { entryHead, type Candidate, type Entry, type Guard, type Label, type MayFire } from './entries.ts'
import { Inboxes, type Letters } from './inboxes.ts'
import { crashBudget, type Ledger } from './ledger.ts'
import { PairMap } from './pair-map.ts'
import { Interner } from './interner.ts'
import { settle, type NextSilent, type Settling } from './settle.ts'

/** Told each time something is found possible, before its entry is used. */
export interface Witness {
  /** Whether the step is remarkable: it stays in the list though it may change nothing. */
  readonly taken: (step: TakenStep) => boolean
  /** A letter was dropped where the node would have ignored it, by this rule. */
  readonly ignored: (rule: string) => void
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

export class Frames {
  readonly node: number
  readonly alphabet: Alphabet
  readonly inboxes: Inboxes
  readonly packets = new Interner<Letters>()
  /** By frame. */
  readonly slots: number[] = []
  readonly #inboxOf: number[] = []
  /** The lists, one after the other; by frame: where its list starts and ends, -1 = not written. */
  pool = new Int32Array(1024)
  #poolEnd = 0
  readonly starts: number[] = []
  readonly ends: number[] = []
  /** By frame: what is still open. Undefined once nothing is. */
  readonly open: (Candidate[] | undefined)[] = []
  /** By guard. */
  readonly guardSender: number[] = []
  readonly guardCharge: number[] = []
  readonly guardTimer: number[] = []
  readonly #guards = new PairMap()
  readonly #labels: Label[] = []
  /** By type and crash: the labels of each stimulus. */
  readonly #labelIds = new Map<string, number[]>()
  readonly #packetsOf = new Map<Response, ReadonlyArray<number>>()
  readonly #ids = new PairMap()
  readonly #sums = new PairMap()
  readonly #valid: ValidModel
  readonly #ledger: Ledger
  readonly #witness: Witness
  readonly #keeps: ((slot: number, letter: number) => boolean) | null
  readonly #standsFor: ((slot: number, letter: number) => number) | null
  readonly #settling: Settling | null
  readonly #mayFire: MayFire | null
  readonly #agreement: Agreement | null
  readonly #place: number
  readonly #all: ReadonlyArray<Frames>

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
    agreement: Agreement | null
  ) {
    this.node = alphabet.node
    this.alphabet = alphabet
    this.inboxes = new Inboxes(valid.model.network.kind, alphabet.senders)
    this.#valid = valid
    this.#ledger = ledger
    this.#all = all
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
              const label = this.#labelId({ type: 'step', stimulus, crash: null })
              witness.taken({ frames: this, slot, label, response })
            }
          }
    this.#mayFire = mayFire
    this.#agreement = agreement
    this.#place =
      agreement?.join({
        peek: (text) => this.#ids.get(...this.#named(text)),
        learn: (text) => this.#learn(...this.#named(text))
      }) ?? -1
    this.#guard({ sender: -1, charge: -1, timer: -1 })
  }

  get size(): number {
    return this.slots.length
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
    return this.#agreement === null
      ? this.#learn(slot, inbox)
      : this.#agreement.number(this.#place, [slot, ...this.inboxes.at(inbox)].join(' '))
  }

  #learn(slot: number, inbox: number): number {
    const id = this.slots.length
    this.#ids.add(slot, inbox, id)
    this.slots.push(slot)
    this.#inboxOf.push(inbox)
    this.starts.push(-1)
    this.ends.push(-1)
    return id
  }

  /** A frame as threads name it to each other: the slot, and the letters of the inbox. */
  #named(text: string): readonly [slot: number, inbox: number] {
    const [slot = -1, ...letters] = text.split(' ').map(Number)
    return [slot, this.inboxes.id(letters)]
  }

  #alive(slot: number, letters: Letters): Letters {
    const keeps = this.#keeps
    if (keeps === null) return letters
    return letters.filter((letter) => {
      const kept = keeps(slot, letter)
      if (!kept && this.alphabet.isReady(slot, letter))
        this.#witness.ignored(this.alphabet.respond(slot, letter).reaction.rule ?? '')
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
    if (known >= 0) return known
    const letters = this.packets
      .at(packet)
      .reduce((inbox, letter) => this.inboxes.post(inbox, letter), this.letters(frame))
    const result = this.frame(this.slots[frame]!, letters)
    this.#sums.add(frame, packet, result)
    return result
  }

  #guard(guard: Guard): number {
    const subject = guard.timer < 0 ? guard.sender : -2 - guard.timer
    const known = this.#guards.get(subject, guard.charge)
    if (known >= 0) return known
    this.#guards.add(subject, guard.charge, this.guardSender.length)
    this.guardCharge.push(guard.charge)
    this.guardTimer.push(guard.timer)
    return this.guardSender.push(guard.sender) - 1
  }

  label(id: number): Label {
    return this.#labels[id]!
  }

  #labelId(label: Label): number {
    const { type, stimulus, crash } = label
    const kind = crash === null ? type : `${type} ${crash.kept} ${crash.forGood}`
    const ids = this.#labelIds.get(kind) ?? []
    if (ids.length === 0) this.#labelIds.set(kind, ids)
    return (ids[stimulus + 1] ??= this.#labels.push(label) - 1)
  }

  /** Whether a guard lets something happen in a state whose ledger page is `page`. */
  isAllowed(guard: number, page: number, state: number): boolean {
    const sender = this.guardSender[guard]!
    if (sender >= 0 && this.#ledger.isSevered(page, sender, this.node)) return false
    const charge = this.guardCharge[guard]!
    if (charge >= 0 && this.#ledger.after(page, charge) < 0) return false
    const timer = this.guardTimer[guard]!
    return timer < 0 || this.#mayFire!(state, this.node, timer)
  }

  /** Makes a frame's list complete for the conditions of a state. */
  prepare(frame: number, page: number, state: number): void {
    const candidates = this.starts[frame]! < 0 ? this.#candidates(frame) : this.open[frame]
    if (candidates === undefined) return
    const due = candidates.filter(({ guard, entries }) => entries === null && this.isAllowed(guard, page, state))
    if (due.length === 0 && this.starts[frame]! >= 0) return
    for (const candidate of due) candidate.entries = this.#evaluate(frame, candidate)
    this.open[frame] = candidates.some(({ entries }) => entries === null) ? candidates : undefined
    this.#write(frame, candidates)
  }

  #write(frame: number, candidates: ReadonlyArray<Candidate>): void {
    this.starts[frame] = this.#poolEnd
    for (const { guard, entries } of candidates)
      for (const entry of entries ?? []) {
        const end = this.#poolEnd + entryHead + entry.packets.length
        if (end > this.pool.length) {
          const larger = new Int32Array(Math.max(end, this.pool.length * 2))
          larger.set(this.pool)
          this.pool = larger
        }
        this.pool.set([guard, entry.frame, entry.label, entry.sighting, entry.packets.length / 2], this.#poolEnd)
        this.pool.set(entry.packets, this.#poolEnd + entryHead)
        this.#poolEnd = end
      }
    this.ends[frame] = this.#poolEnd
  }

  /** Everything that might happen in a frame, in a fixed order, whether allowed now or not. */
  #candidates(frame: number): Candidate[] {
    const slot = this.slots[frame]!
    const local = this.alphabet.slots.at(slot)
    const { budget } = this.#valid
    const kinds = this.#valid.mayCrash[this.node]
      ? [false, true].filter((forGood) => budget[crashBudget(forGood)] > 0)
      : []
    const candidate = (label: Label, sender: number, charge: number): Candidate => ({
      guard: this.#guard({
        sender: this.#valid.cuts.length === 0 ? -1 : sender,
        charge,
        timer: label.type === 'step' ? this.#guardedTimer(label.stimulus) : -1
      }),
      label,
      entries: null
    })
    const paid = (of: 'lose' | 'duplicate') => this.#ledger.charge({ type: 'budget', of })
    const crash = (forGood: boolean) => this.#ledger.charge({ type: 'budget', of: crashBudget(forGood) })
    const cutsSteps = this.#valid.model.network.kind !== 'asynchronous' || this.#valid.histories.length > 0
    const step = (stimulus: number, chargeFor: (crash: boolean | null) => number): Candidate[] => [
      candidate({ type: 'step', stimulus, crash: null }, this.alphabet.senders[stimulus]!, chargeFor(null)),
      ...(cutsSteps ? kinds : []).map((forGood) =>
        candidate(
          // How many places there are to cut is known once the step is: kept = -1 stands for all of them.
          { type: 'step', stimulus, crash: { kept: -1, forGood } },
          this.alphabet.senders[stimulus]!,
          chargeFor(forGood)
        )
      )
    ]
    const free = (forGood: boolean | null) => (forGood === null ? -1 : crash(forGood))
    const foremost = this.inboxes.foremost(this.letters(frame))
    const steps = [
      ...(local.up ? foremost.flatMap((letter) => step(letter, free)) : []),
      ...(local.up ? local.timers.flatMap((timer) => step(this.alphabet.timeout(timer), free)) : []),
      ...(local.up ? this.#requestSteps(step) : []),
      ...snapshotsOf(local).flatMap((taken) => step(this.alphabet.stimulus(taken), free)),
      ...(!local.up && !local.gone ? step(this.alphabet.stimulus({ type: 'restart' }), free) : [])
    ]
    const crashes = (local.up ? kinds : []).map((forGood) =>
      candidate({ type: 'crash', stimulus: -1, crash: { kept: -1, forGood } }, -1, crash(forGood))
    )
    const losses = foremost.flatMap((letter) => [
      ...(budget.lose > 0 ? [candidate({ type: 'lose', stimulus: letter, crash: null }, -1, paid('lose'))] : []),
      ...(budget.duplicate > 0
        ? [candidate({ type: 'duplicate', stimulus: letter, crash: null }, -1, paid('duplicate'))]
        : [])
    ])
    return [...steps, ...crashes, ...losses]
  }

  /** The timer of a stimulus, where an assumption says when it may fire; else -1. */
  #guardedTimer(stimulus: number): number {
    const cause = this.alphabet.stimuli.at(stimulus)
    return this.#mayFire === null || cause.type !== 'timeout'
      ? -1
      : this.#valid.model.protocol.timers.indexOf(cause.timer)
  }

  #requestSteps(step: (stimulus: number, chargeFor: (crash: boolean | null) => number) => Candidate[]): Candidate[] {
    return this.#valid.requests.flatMap(({ request, at, ids }, index) =>
      at.includes(this.node)
        ? ids.flatMap((id, making) =>
            step(this.alphabet.stimulus({ type: 'request', id, request }), (crash) =>
              this.#ledger.charge({ type: 'request', request: index, making, crash })
            )
          )
        : []
    )
  }

  #evaluate(frame: number, { label, guard }: Candidate): ReadonlyArray<Entry> {
    const slot = this.slots[frame]!
    const letters = this.letters(frame)
    const { stimulus, crash } = label
    const isFree = this.guardCharge[guard]! < 0
    const entry = (next: number, inbox: Letters, packets: ReadonlyArray<number>, said: Label, sighting = 0): Entry => ({
      frame: this.frame(next, inbox),
      label: this.#labelId(said),
      sighting,
      packets
    })
    if (label.type === 'crash' && crash !== null) {
      const response = this.alphabet.crash(slot, crash.forGood)
      this.#witness.taken({ frames: this, slot, label: this.#labelId(label), response })
      return [entry(response.slot, letters, [], label)]
    }
    if (label.type === 'lose') return [entry(slot, this.inboxes.take(letters, stimulus), [], label)]
    if (label.type === 'duplicate') return [entry(slot, this.inboxes.double(letters, stimulus), [], label)]

    const isDelivery = this.alphabet.senders[stimulus]! >= 0
    const rest = isDelivery ? this.inboxes.delivered(letters, stimulus) : letters
    const whole = this.alphabet.respond(slot, stimulus)
    const finished = (response: Response, said: Label): ReadonlyArray<Entry> => {
      const isRemarkable = this.#witness.taken({ frames: this, slot, label: this.#labelId(said), response })
      const own = response.sends.filter(({ to }) => to === this.node)
      const inbox = own.reduce((sofar, { letter }) => this.inboxes.post(sofar, letter), rest)
      const found = entry(response.slot, inbox, this.#packetsFor(response), said, this.#sighting(stimulus, response))
      const isIdle = isFree && found.frame === frame && found.packets.length === 0 && found.sighting === 0
      return isIdle && !isRemarkable ? [] : [found]
    }
    if (crash === null) return finished(whole, label)
    return this.alphabet
      .cutPoints(whole, crash.forGood)
      .flatMap((point) => finished(this.alphabet.cut(whole, point), { ...label, crash: point }))
  }

  /** What a response sends to the other nodes: per destination one packet, in the order sent. */
  #packetsFor(response: Response): ReadonlyArray<number> {
    const known = this.#packetsOf.get(response)
    if (known !== undefined) return known
    const packets = this.#all.flatMap((frames, to) => {
      const letters = response.sends.filter((dispatch) => dispatch.to === to).map(({ letter }) => letter)
      return to === this.node || letters.length === 0 ? [] : [to, frames.packets.id(letters)]
    })
    this.#packetsOf.set(response, packets)
    return packets
  }

  #sighting(stimulus: number, { reaction }: Response): number {
    if (this.#valid.histories.length === 0) return 0
    return this.#ledger.sighting(seenOf(this.#valid.ids[this.node]!, this.alphabet.stimuli.at(stimulus), reaction))
  }

  /** The step that a label stands for in a slot. */
  taken(slot: number, label: number): TakenStep | null {
    const { type, stimulus, crash } = this.label(label)
    if (type === 'crash')
      return { frames: this, slot, label, response: this.alphabet.crash(slot, crash?.forGood ?? false) }
    if (type !== 'step') return null
    const whole = this.alphabet.respond(slot, stimulus)
    return { frames: this, slot, label, response: crash === null ? whole : this.alphabet.cut(whole, crash) }
  }

  /** The action that a label stands for. */
  action(label: number): Action {
    const id = this.#valid.ids[this.node]!
    const { type, stimulus, crash } = this.label(label)
    if (type === 'crash') return { type, node: id, forGood: crash?.forGood ?? false }
    const cause = this.alphabet.stimuli.at(stimulus)
    if (type !== 'step') {
      if (cause.type !== 'deliver') throw new Error('only letters are lost or duplicated')
      return { type, node: id, from: cause.from, message: cause.message }
    }
    return { ...cause, node: id, crash }
  }
}
