/**
 * Is it bad? The model's predicates, asked no more often than what they read can differ: a predicate over node states once per
 * distinct combination of node states, a step property once per distinct local step, and only what reads the network
 * in every state.
 */
import type { Always, AnySignature, Property, Reachable, StepProperty } from '../../spec/kernel/index.ts'
import { ask } from '../model/local.ts'
import type { ValidModel } from '../model/valid.ts'
import type { TakenStep } from './engine/frames.ts'
import type { Search } from './engine/search.ts'
import type { Equivariance } from './equivariance.ts'
import { Sights } from './sights.ts'
import type { SlotViews } from './slot-views.ts'
import { StateViews, type Asked } from './state-views.ts'

type P = AnySignature
type StateProperty = Always<P> | Reachable<P>

/** States of one level that violate a property. */
export interface Violation {
  readonly property: string
  readonly states: ReadonlyArray<number>
}

export class Judge {
  readonly evaluations: Record<string, number>
  /** `reachable` properties that were not seen yet. */
  readonly unseen: Set<Property<P>>
  /** Step properties violated by a step that can be taken from the level in hand. */
  readonly violatedSteps = new Set<string>()
  readonly #valid: ValidModel
  readonly #search: Search
  readonly #sights: Sights
  readonly #views: StateViews
  readonly #equivariance: Equivariance | null
  readonly #slots: SlotViews
  /** By sight: the invariants it violates, and the properties that must see the network with it. */
  readonly #violated = new Map<number, ReadonlySet<string>>()
  readonly #perState = new Map<number, ReadonlyArray<StateProperty>>()
  readonly #violatedPages: ReadonlyArray<string>[] = []
  readonly #ofSteps: ReadonlyArray<StepProperty<P>>
  readonly #judgedSteps = new Map<string, boolean>()

  constructor(
    valid: ValidModel,
    search: Search,
    slots: SlotViews,
    dropsMessages: boolean,
    equivariance: Equivariance | null
  ) {
    this.#equivariance = equivariance
    this.#valid = valid
    this.#search = search
    this.#sights = new Sights(search, slots)
    this.#views = new StateViews(valid, search, slots, dropsMessages)
    this.#slots = slots
    this.#ofSteps = valid.model.properties.filter((property) => property.kind === 'step')
    this.unseen = new Set(valid.model.properties.filter(({ kind }) => kind === 'reachable'))
    this.evaluations = Object.fromEntries(valid.model.properties.map(({ name }) => [name, 0]))
  }

  /** How many distinct sights the states offered, counted since something new was last read. */
  get sights(): number {
    return this.#sights.size
  }

  get bytes(): number {
    return this.#sights.bytes
  }

  #evaluate(property: StateProperty, index: number): Asked {
    this.evaluations[property.name]! += 1
    const slots = this.#search.slotsOf(index)
    const answerFor = (of: ReadonlyArray<number>) =>
      this.#views.ask(index, of, property.holds, `property ${property.name}`)
    const asked = answerFor(slots)
    if (!asked.readNetwork)
      this.#equivariance?.checkPredicate(
        slots,
        `property ${property.name}`,
        asked.answer,
        (exchanged) => answerFor(exchanged).answer
      )
    return asked
  }

  /** Judges the states from `first` to before `end`; the first violated property in the model's order, if any. */
  *judgeLevel(first: number, end: number): Generator<undefined, Violation | null> {
    const bad = new Map<string, number[]>()
    const note = (name: string, index: number) => {
      const states = bad.get(name)
      if (states === undefined) bad.set(name, [index])
      else states.push(index)
    }
    for (const [from, to] of this.#search.portions(first, end)) {
      for (let index = from; index < to; index++) {
        if (this.#valid.histories.length > 0)
          for (const name of this.#violatedByPage(this.#search.pageOf(index))) note(name, index)
        const sight = this.#judgeSight(index)
        if (this.#violated.size > 0) this.#violated.get(sight)?.forEach((name) => note(name, index))
        if (this.#perState.size > 0)
          for (const property of this.#perState.get(sight) ?? []) {
            const { answer } = this.#evaluate(property, index)
            if (property.kind === 'always' && !answer) note(property.name, index)
            if (property.kind === 'reachable' && answer) this.unseen.delete(property)
          }
      }
      yield undefined
    }
    this.agree()
    const worst = this.#worst(this.#search.gather([...bad.keys()]).flat())
    if (worst === undefined) return null
    return { property: worst.name, states: this.#search.gather(bad.get(worst.name) ?? []).flat() }
  }

  /** The first property, in the model's order, that is violated. */
  #worst(byStates: ReadonlyArray<string>): Property<P> | undefined {
    return this.#valid.model.properties.find(({ name }) => byStates.includes(name) || this.violatedSteps.has(name))
  }

  /** All threads together: what one has seen of steps and of goals, all have seen. */
  agree(): void {
    const { properties } = this.#valid.model
    const mine = { steps: [...this.violatedSteps], unseen: [...this.unseen].map(({ name }) => name) }
    for (const { steps, unseen } of this.#search.gather(mine)) {
      steps.forEach((name) => this.violatedSteps.add(name))
      properties.forEach((property) => unseen.includes(property.name) || this.unseen.delete(property))
    }
  }

  /** The history properties that what clients have seen violates. */
  #violatedByPage(page: number): ReadonlyArray<string> {
    return (this.#violatedPages[page] ??= this.#valid.histories
      .filter(({ name, holds }, index) => {
        this.evaluations[name]! += 1
        const content = this.#search.ledger.pages.at(page).contents[index]
        const answer = ask(() => holds(content), `property ${name}`, this.#valid)
        this.#equivariance?.checkContent(name, content, answer, (exchanged) => holds(exchanged))
        return !answer
      })
      .map(({ name }) => name))
  }

  /** The number of a state's sight, which is judged if it is new. */
  #judgeSight(index: number): number {
    const before = this.#sights.size
    const sight = this.#sights.of(index)
    if (sight !== before) return sight
    const violated = new Set<string>()
    const perState: StateProperty[] = []
    for (const property of this.#valid.model.properties) {
      if (property.kind === 'step' || property.kind === 'history') continue
      if (property.kind === 'reachable' && !this.unseen.has(property)) continue
      const { answer, readNetwork } = this.#evaluate(property, index)
      if (readNetwork) perState.push(property)
      else if (property.kind === 'always' && !answer) violated.add(property.name)
      else if (property.kind === 'reachable' && answer) this.unseen.delete(property)
    }
    if (this.#sights.isRenewed()) {
      // Something was read that does not tell sights apart yet: look again, now that it does.
      this.#violated.clear()
      this.#perState.clear()
      return this.#judgeSight(index)
    }
    if (violated.size > 0) this.#violated.set(sight, violated)
    if (perState.length > 0) this.#perState.set(sight, perState)
    return sight
  }

  /** Whether the model's node bound lets a state be expanded. */
  isInside(index: number): boolean {
    return (
      this.#valid.model.bounds?.node === undefined ||
      this.#search.frames.every((frames, node) =>
        this.#slots.isInside(node, frames.slots[this.#search.frameOf(index, node)]!)
      )
    )
  }

  /** Whether the model says that it is fine to stop in a state. */
  mayStop(index: number): boolean {
    const { mayStop } = this.#valid.model
    if (mayStop === undefined) return false
    if (mayStop === true) return true
    const slots = this.#search.slotsOf(index)
    const answerFor = (of: ReadonlyArray<number>) => this.#views.ask(index, of, mayStop, '`mayStop`')
    const { answer, readNetwork } = answerFor(slots)
    if (!readNetwork)
      this.#equivariance?.checkPredicate(slots, '`mayStop`', answer, (exchanged) => answerFor(exchanged).answer)
    return answer
  }

  /** Judges a local step by the step properties; whether it violates one. Steps that change and say nothing pass. */
  judgeStep({ frames, slot, label, response }: TakenStep): boolean {
    if (this.#ofSteps.length === 0) return false
    const key = `${frames.node} ${slot} ${label}`
    const known = this.#judgedSteps.get(key)
    if (known !== undefined) return known
    const violated = this.violatedBy({ frames, slot, label, response })
    violated.forEach((name) => this.violatedSteps.add(name))
    this.#judgedSteps.set(key, violated.length > 0)
    return violated.length > 0
  }

  /** The step properties that a step violates. */
  violatedBy({ frames, slot, label, response }: TakenStep): ReadonlyArray<string> {
    const { reaction } = response
    if (slot === response.slot && reaction.effects.length === 0) return []
    const { alphabet } = frames
    const { stimulus, crash, type } = frames.label(label)
    const event =
      type === 'crash' ? { type: 'crash' as const, forGood: crash?.forGood ?? false } : alphabet.stimuli.at(stimulus)
    const transition = this.#slots.transition(frames.node, slot, event, response)
    return this.#ofSteps
      .filter(({ name, holds }) => {
        this.evaluations[name]! += 1
        return !ask(() => holds(transition), `property ${name}`, this.#valid)
      })
      .map(({ name }) => name)
  }
}
