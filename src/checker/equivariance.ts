/**
 * Is a protocol as symmetric as its model says? Every step that a search takes is taken once more with two neighbours of
 * a symmetric group exchanged, for each pair of neighbours, and must give the exchanged result; and so must the
 * predicates. What is not symmetric is named: the event, the rule, or the predicate.
 */
import type { AnySignature, Property } from '../../spec/kernel/index.ts'
import { arranged } from '../model/clients.ts'
import { canonical, sameData } from '../model/data.ts'
import { refuse } from '../model/problem.ts'
import type { ValidModel } from '../model/valid.ts'
import type { Alphabet, Response } from './engine/alphabet.ts'
import type { Exchange } from './engine/exchange.ts'
import type { TakenStep } from './engine/frames.ts'
import type { SlotViews } from './slot-views.ts'

const asymmetric = (valid: ValidModel, exchange: Exchange, what: string, where: ReadonlyArray<string>): never =>
  refuse('Q110', `with ${exchange.swap.one} and ${exchange.swap.other} exchanged, ${what}`, [
    `model ${valid.model.name}`,
    ...where
  ])

/** What can be seen before anything runs: configurations and faults. */
export const checkDeclared = (valid: ValidModel, exchanges: ReadonlyArray<Exchange>): void =>
  exchanges.forEach((exchange) => {
    valid.ids.forEach((id, node) => {
      const place = exchange.place(node)
      const config: unknown = valid.selves[node]?.config ?? null
      if (!sameData(exchange.data(config), valid.selves[place]?.config ?? null))
        asymmetric(valid, exchange, `the configuration of ${id} becomes another one`, ['nodes'])
      if (valid.mayCrash[node] !== valid.mayCrash[place])
        asymmetric(valid, exchange, `${id} may crash and ${valid.ids[place] ?? '?'} not`, ['faults', 'crashing'])
    })
  })

/** A timer's moment: the nodes' slots, the cut in force or -1, and the node that the timer is of. */
export interface Occasion {
  readonly slots: ReadonlyArray<number>
  readonly cut: number
  readonly node: number
}

export class Equivariance {
  readonly #valid: ValidModel
  readonly #alphabets: ReadonlyArray<Alphabet>
  readonly #slots: SlotViews
  readonly #exchanges: ReadonlyArray<Exchange>
  readonly #checked = new Set<string>()

  constructor(
    valid: ValidModel,
    alphabets: ReadonlyArray<Alphabet>,
    slots: SlotViews,
    exchanges: ReadonlyArray<Exchange>
  ) {
    this.#valid = valid
    this.#alphabets = alphabets
    this.#slots = slots
    this.#exchanges = exchanges
  }

  /** A step that the search takes, with each pair exchanged. */
  checkStep({ frames, slot, label, response }: TakenStep): void {
    const { type, stimulus, crash } = frames.label(label)
    if (type === 'crash' || (crash !== null && crash.kept >= 0)) return
    const { node, alphabet } = frames
    const key = `${node} ${slot} ${stimulus}`
    if (this.#checked.has(key)) return
    this.#checked.add(key)
    for (const exchange of this.#exchanges) {
      const place = exchange.place(node)
      const other = this.#alphabets[place]!
      const [otherSlot, otherStimulus] = [exchange.slot(node, slot), exchange.stimulus(node, stimulus)]
      const where = [
        `node ${this.#valid.ids[node] ?? '?'}`,
        `event ${JSON.stringify(alphabet.stimuli.at(stimulus))}`,
        `rule ${response.reaction.rule ?? '?'}`
      ]
      const twice = 'is not what it was: it has a list of nodes in an order'
      if (exchange.slot(place, otherSlot) !== slot)
        asymmetric(this.#valid, exchange, `twice, the state ${twice}`, where)
      if (exchange.stimulus(place, otherStimulus) !== stimulus)
        asymmetric(this.#valid, exchange, `twice, the event ${twice}`, where)
      if (this.#slots.isInside(node, slot) !== this.#slots.isInside(place, otherSlot))
        asymmetric(this.#valid, exchange, 'the bound gives another answer', where)
      const found = other.respond(otherSlot, otherStimulus)
      const isSame =
        found.reaction.rule === response.reaction.rule &&
        found.slot === exchange.slot(node, response.slot) &&
        this.#textOf(found, null) === this.#textOf(response, exchange)
      if (!isSame) asymmetric(this.#valid, exchange, 'the step is another one', where)
    }
  }

  /** The effects of a step; in order only where a crash may cut between them. */
  #textOf({ reaction }: Response, exchange: Exchange | null): string {
    const { budget, model } = this.#valid
    const texts = reaction.effects.map((effect) => canonical(exchange === null ? effect : exchange.data(effect)))
    const isCut = model.network.kind !== 'asynchronous' && budget.crashes + budget.crashesForGood > 0
    return (isCut || model.network.kind === 'fifo' ? texts : texts.toSorted()).join('\n')
  }

  /** A predicate over node states, asked again with a pair of neighbours exchanged. */
  checkPredicate(
    slots: ReadonlyArray<number>,
    property: Exclude<Property<AnySignature>, { readonly kind: 'step' | 'history' }>,
    answer: boolean,
    ask: (slots: ReadonlyArray<number>) => boolean
  ): void {
    for (const exchange of this.#exchanges) {
      if (ask(this.#exchanged(exchange, slots)) !== answer)
        asymmetric(this.#valid, exchange, 'the answer is another one', [`property ${property.name}`])
    }
  }

  /** The assumption about time, asked again of a timer with a pair of neighbours exchanged. */
  checkTiming(occasion: Occasion, answer: boolean, ask: (occasion: Occasion) => boolean): void {
    for (const exchange of this.#exchanges) {
      const { slots, cut, node } = occasion
      const exchanged = { slots: this.#exchanged(exchange, slots), cut: exchange.cut(cut), node: exchange.place(node) }
      if (ask(exchanged) !== answer) asymmetric(this.#valid, exchange, 'the answer is another one', ['`mayFire`'])
    }
  }

  #exchanged(exchange: Exchange, slots: ReadonlyArray<number>): ReadonlyArray<number> {
    return slots.map((_slot, place) => {
      const node = exchange.place(place)
      return exchange.slot(node, slots[node]!)
    })
  }

  /** A content of a history property, with each pair exchanged. */
  checkContent(name: string, content: unknown, holds: boolean, ask: (content: unknown) => boolean): void {
    const position = this.#valid.histories.findIndex((history) => history.name === name)
    for (const exchange of this.#exchanges)
      if (ask(arranged(this.#valid, position, exchange.data(content))) !== holds)
        asymmetric(this.#valid, exchange, 'the answer is another one', [`property ${name}`])
  }
}
