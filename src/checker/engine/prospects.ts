/**
 * What might happen at one node in a slot, and what comes of it. None of it depends on what else is in the inbox, so it is found once for all
 * frames of the slot: nearly every list of a frame is put together from what is known.
 */
import type { Action } from '../../model/action.ts'
import { seenOf } from '../../model/clients.ts'
import { snapshotsOf } from '../../model/local.ts'
import type { ValidModel } from '../../model/valid.ts'
import { Findings, type Agreement } from './agreement.ts'
import type { Alphabet, Response } from './alphabet.ts'
import type { Guard, Label, MayFire, Outcome, Prospect } from './entries.ts'
import type { Letters } from './inboxes.ts'
import { Interner } from './interner.ts'
import { crashBudget, type Ledger } from './ledger.ts'
import { PairMap } from './pair-map.ts'

export class Prospects {
  /** By guard. */
  readonly guardSender: number[] = []
  readonly guardCharge: number[] = []
  readonly guardTimer: number[] = []
  readonly #guards = new PairMap()
  readonly #labels: Interner<Label>
  /** By type and crash: the labels of each stimulus. */
  readonly #labelIds = new Map<string, number[]>()
  /** By slot, then by letter. */
  readonly #ofLetter: Map<number, ReadonlyArray<Prospect>>[] = []
  /** By slot. */
  readonly #ofSlot: ReadonlyArray<Prospect>[] = []
  /** By letter. */
  readonly #losses: ReadonlyArray<Prospect>[] = []
  readonly #valid: ValidModel
  readonly #alphabet: Alphabet
  readonly #ledger: Ledger
  readonly #packets: ReadonlyArray<{ readonly packets: Interner<Letters> }>
  readonly #isTimed: boolean
  /** Which crashes are in the budget: for good or not. */
  readonly #crashes: ReadonlyArray<boolean>
  readonly #onStep: (slot: number, label: number, response: Response) => boolean
  /** Of several threads the one that first needs them runs the reducer; by slot and label. */
  readonly #findings: Findings<ReadonlyArray<Outcome>> | null

  /**
   * @param packets of every node, filled by the caller
   * @param onStep told of each step once, when it is first found possible; whether it is remarkable
   */
  constructor(
    valid: ValidModel,
    alphabet: Alphabet,
    ledger: Ledger,
    packets: ReadonlyArray<{ readonly packets: Interner<Letters> }>,
    mayFire: MayFire | null,
    agreement: Agreement | null,
    onStep: (slot: number, label: number, response: Response) => boolean
  ) {
    this.#labels = new Interner({ agreement })
    this.#findings = agreement === null ? null : new Findings(agreement, () => this.#found())
    this.#valid = valid
    this.#alphabet = alphabet
    this.#ledger = ledger
    this.#packets = packets
    this.#isTimed = mayFire !== null
    this.#onStep = onStep
    this.#crashes = valid.mayCrash[alphabet.node]
      ? [false, true].filter((forGood) => valid.budget[crashBudget(forGood)] > 0)
      : []
    this.#guard({ sender: -1, charge: -1, timer: -1 })
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
    return this.#labels.at(id)
  }

  labelId(label: Label): number {
    const { type, stimulus, crash } = label
    const kind = crash === null ? type : `${type} ${crash.kept} ${crash.forGood}`
    const ids = this.#labelIds.get(kind) ?? []
    if (ids.length === 0) this.#labelIds.set(kind, ids)
    return (ids[stimulus + 1] ??= this.#labels.id(label))
  }

  /** Everything that might happen in a slot where these letters come next, in a fixed order, whether allowed now or not. */
  of(slot: number, foremost: Letters): ReadonlyArray<Prospect> {
    return [
      ...foremost.flatMap((letter) => this.ofLetter(slot, letter)),
      ...this.ofSlot(slot),
      ...(this.#valid.budget.lose + this.#valid.budget.duplicate > 0
        ? foremost.flatMap((letter) => (this.#losses[letter] ??= this.#lossesOf(letter)))
        : [])
    ]
  }

  /** What might come of a letter that is delivered. */
  ofLetter(slot: number, letter: number): ReadonlyArray<Prospect> {
    const row = (this.#ofLetter[slot] ??= new Map())
    const known = row.get(letter)
    if (known !== undefined) return known
    const found = this.#alphabet.slots.at(slot).up ? this.#step(letter, this.#free) : []
    row.set(letter, found)
    return found
  }

  #prospect(label: Label, sender: number, charge: number): Prospect {
    const guard = this.#guard({
      sender: this.#valid.cuts.length === 0 ? -1 : sender,
      charge,
      timer: label.type === 'step' ? this.#guardedTimer(label.stimulus) : -1
    })
    return { guard, label, outcomes: null }
  }

  readonly #crashCharge = (forGood: boolean): number =>
    this.#ledger.charge({ type: 'budget', of: crashBudget(forGood) })

  readonly #free = (forGood: boolean | null): number => (forGood === null ? -1 : this.#crashCharge(forGood))

  /** A step, and its being cut short by a crash. */
  #step(stimulus: number, chargeFor: (crash: boolean | null) => number): ReadonlyArray<Prospect> {
    const sender = this.#alphabet.senders[stimulus]!
    const isCut = this.#valid.model.network.kind !== 'asynchronous' || this.#valid.histories.length > 0
    return [
      this.#prospect({ type: 'step', stimulus, crash: null }, sender, chargeFor(null)),
      ...(isCut ? this.#crashes : []).map((forGood) =>
        // How many places there are to cut is known once the step is: kept = -1 stands for all of them.
        this.#prospect({ type: 'step', stimulus, crash: { kept: -1, forGood } }, sender, chargeFor(forGood))
      )
    ]
  }

  /** What might happen whatever the inbox. */
  ofSlot(slot: number): ReadonlyArray<Prospect> {
    return (this.#ofSlot[slot] ??= this.#ownSteps(slot))
  }

  #ownSteps(slot: number): ReadonlyArray<Prospect> {
    const alphabet = this.#alphabet
    const local = alphabet.slots.at(slot)
    return [
      ...(local.up ? local.timers.flatMap((timer) => this.#step(alphabet.timeout(timer), this.#free)) : []),
      ...(local.up ? this.#requests() : []),
      ...snapshotsOf(local).flatMap((taken) => this.#step(alphabet.stimulus(taken), this.#free)),
      ...(!local.up && !local.gone ? this.#step(alphabet.stimulus({ type: 'restart' }), this.#free) : []),
      ...(local.up ? this.#crashes : []).map((forGood) =>
        this.#prospect({ type: 'crash', stimulus: -1, crash: { kept: -1, forGood } }, -1, this.#crashCharge(forGood))
      )
    ]
  }

  /** The timer of a stimulus, where an assumption says when it may fire; else -1. */
  #guardedTimer(stimulus: number): number {
    const cause = this.#alphabet.stimuli.at(stimulus)
    return this.#isTimed && cause.type === 'timeout' ? this.#valid.model.protocol.timers.indexOf(cause.timer) : -1
  }

  #requests(): ReadonlyArray<Prospect> {
    return this.#valid.requests.flatMap(({ request, at, ids }, index) =>
      at.includes(this.#alphabet.node)
        ? ids.flatMap((id, making) =>
            this.#step(this.#alphabet.stimulus({ type: 'request', id, request }), (crash) =>
              this.#ledger.charge({ type: 'request', request: index, making, crash })
            )
          )
        : []
    )
  }

  #lossesOf(letter: number): ReadonlyArray<Prospect> {
    const kinds = (['lose', 'duplicate'] as const).filter((of) => this.#valid.budget[of] > 0)
    return kinds.map((of) =>
      this.#prospect({ type: of, stimulus: letter, crash: null }, -1, this.#ledger.charge({ type: 'budget', of }))
    )
  }

  /** What comes of a step or a crash in a slot. */
  outcomes(slot: number, prospect: Prospect): ReadonlyArray<Outcome> {
    return (prospect.outcomes ??=
      this.#findings === null
        ? this.#outcomesOf(slot, prospect.label)
        : this.#told(this.#findings, slot, prospect.label))
  }

  /** The outcomes, from whichever thread was the first to need them. */
  #told(findings: Findings<ReadonlyArray<Outcome>>, slot: number, label: Label): ReadonlyArray<Outcome> {
    return findings.of(this.#keyOf(slot, label), () => this.#outcomesOf(slot, label))
  }

  #keyOf(slot: number, label: Label): string {
    return `${slot} ${this.labelId(label)}`
  }

  /** All outcomes known. */
  *#found(): Generator<readonly [key: string, outcomes: ReadonlyArray<Outcome>]> {
    for (let slot = 0; slot < this.#alphabet.slots.size; slot++) {
      const prospects = [...(this.#ofSlot[slot] ?? []), ...[...(this.#ofLetter[slot]?.values() ?? [])].flat()]
      for (const { label, outcomes } of prospects) if (outcomes !== null) yield [this.#keyOf(slot, label), outcomes]
    }
  }

  #outcomesOf(slot: number, label: Label): ReadonlyArray<Outcome> {
    const alphabet = this.#alphabet
    const { type, stimulus, crash } = label
    if (type === 'crash') return [this.#outcome(slot, label, alphabet.crash(slot, crash!.forGood))]
    const whole = alphabet.respond(slot, stimulus)
    if (crash === null) return [this.#outcome(slot, label, whole)]
    return alphabet
      .cutPoints(whole, crash.forGood)
      .map((point) => this.#outcome(slot, { ...label, crash: point }, alphabet.cut(whole, point)))
  }

  #outcome(slot: number, said: Label, response: Response): Outcome {
    const label = this.labelId(said)
    return {
      slot: response.slot,
      own: response.sends.filter(({ to }) => to === this.#alphabet.node).map(({ letter }) => letter),
      isRemarkable: this.#onStep(slot, label, response),
      packets: this.#packetsFor(response),
      label,
      sighting: said.type === 'crash' ? 0 : this.#sighting(said.stimulus, response)
    }
  }

  /** What a response sends to the other nodes: per destination one packet, in the order sent. */
  #packetsFor(response: Response): ReadonlyArray<number> {
    return this.#packets.flatMap(({ packets }, to) => {
      const letters = response.sends.filter((dispatch) => dispatch.to === to).map(({ letter }) => letter)
      return to === this.#alphabet.node || letters.length === 0 ? [] : [to, packets.id(letters)]
    })
  }

  #sighting(stimulus: number, { reaction }: Response): number {
    if (this.#valid.histories.length === 0) return 0
    const id = this.#valid.ids[this.#alphabet.node]!
    return this.#ledger.sighting(seenOf(id, this.#alphabet.stimuli.at(stimulus), reaction))
  }

  /** The response that a label stands for in a slot; null where the node takes no step. */
  response(slot: number, label: number): Response | null {
    const { type, stimulus, crash } = this.label(label)
    if (type === 'crash') return this.#alphabet.crash(slot, crash?.forGood ?? false)
    if (type !== 'step') return null
    const whole = this.#alphabet.respond(slot, stimulus)
    return crash === null ? whole : this.#alphabet.cut(whole, crash)
  }

  /** The action that a label stands for. */
  action(label: number): Action {
    const id = this.#valid.ids[this.#alphabet.node]!
    const { type, stimulus, crash } = this.label(label)
    if (type === 'crash') return { type, node: id, forGood: crash?.forGood ?? false }
    const cause = this.#alphabet.stimuli.at(stimulus)
    if (type !== 'step') {
      if (cause.type !== 'deliver') throw new Error('only letters are lost or duplicated')
      return { type, node: id, from: cause.from, message: cause.message }
    }
    return { ...cause, node: id, crash }
  }
}
