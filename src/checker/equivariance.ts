/**
 * Is a protocol as symmetric as its model says? Every step that a search takes is taken once more with two neighbours of
 * a symmetric group exchanged, for each pair of neighbours, and must give the exchanged result; and so must the
 * predicates. What is not symmetric is named: the event, the rule, or the predicate.
 */
import type { AnySignature, Cause, ClientRecord, Effect, StepProperty } from '../../spec/kernel/index.ts'
import { arranged, nextContents } from '../model/clients.ts'
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

/** A step as properties are asked of it. */
interface Judged {
  readonly node: number
  readonly slot: number
  readonly event: Cause<AnySignature>
  readonly response: Response
}

export class Equivariance {
  readonly #valid: ValidModel
  readonly #alphabets: ReadonlyArray<Alphabet>
  readonly #slots: SlotViews
  readonly #exchanges: ReadonlyArray<Exchange>
  readonly #checked = new Set<string>()
  readonly #ofSteps: ReadonlyArray<StepProperty<AnySignature>>
  /** By response, which is one object for a stimulus in a slot. */
  readonly #answers = new Map<Response, ReadonlyArray<boolean>>()
  readonly #texts = new Map<Response, string>()

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
    this.#ofSteps = valid.model.properties.filter((property) => property.kind === 'step')
  }

  /** A step that the search takes, with each pair exchanged. */
  checkStep(taken: TakenStep): void {
    const { frames, slot, label } = taken
    const { type, stimulus, crash } = frames.label(label)
    // Where a step is cut short, the whole one was checked, its effects in order.
    if (type !== 'crash' && crash !== null && crash.kept >= 0) return
    const key = `${frames.node} ${slot} ${stimulus} ${type === 'crash' && crash?.forGood === true}`
    if (this.#checked.has(key)) return
    this.#checked.add(key)
    for (const exchange of this.#exchanges)
      if (type === 'crash') this.#checkCrash(exchange, taken, crash?.forGood ?? false)
      else this.#checkReaction(exchange, taken, stimulus)
  }

  #checkReaction(
    exchange: Exchange,
    { frames: { node, alphabet }, slot, response }: TakenStep,
    stimulus: number
  ): void {
    const place = exchange.place(node)
    const other = this.#alphabets[place]!
    const [otherSlot, otherStimulus] = [exchange.slot(node, slot), exchange.stimulus(node, stimulus)]
    const cause = alphabet.stimuli.at(stimulus)
    const where = [
      `node ${this.#valid.ids[node] ?? '?'}`,
      `event ${JSON.stringify(cause)}`,
      `rule ${response.reaction.rule ?? '?'}`
    ]
    const fail = (what: string) => asymmetric(this.#valid, exchange, what, where)
    const twice = 'is not what it was: it has a list of nodes in an order'
    if (exchange.slot(place, otherSlot) !== slot) fail(`twice, the state ${twice}`)
    if (exchange.stimulus(place, otherStimulus) !== stimulus) fail(`twice, the event ${twice}`)
    if (this.#slots.isInside(node, slot) !== this.#slots.isInside(place, otherSlot))
      fail('the bound gives another answer')
    const found = other.respond(otherSlot, otherStimulus)
    const isSame =
      found.reaction.rule === response.reaction.rule &&
      found.slot === exchange.slot(node, response.slot) &&
      this.#textOf(found) === this.#saying(exchange.data(response.reaction.effects))
    if (!isSame) fail('the step is another one')
    this.#checkProperties(
      { node, slot, event: cause, response },
      { node: place, slot: otherSlot, event: other.stimuli.at(otherStimulus), response: found },
      fail
    )
  }

  #checkCrash(exchange: Exchange, { frames: { node }, slot, response }: TakenStep, forGood: boolean): void {
    const place = exchange.place(node)
    const otherSlot = exchange.slot(node, slot)
    const found = this.#alphabets[place]!.crash(otherSlot, forGood)
    const fail = (what: string) =>
      asymmetric(this.#valid, exchange, what, [`node ${this.#valid.ids[node] ?? '?'}`, 'crash'])
    if (found.slot !== exchange.slot(node, response.slot)) fail('another durable part is left')
    const event = { type: 'crash', forGood } as const
    this.#checkProperties(
      { node, slot, event, response },
      { node: place, slot: otherSlot, event, response: found },
      fail
    )
  }

  /** The step properties of a step, and of its image. */
  #checkProperties(one: Judged, other: Judged, fail: (what: string) => never): void {
    if (one.slot === one.response.slot && one.response.reaction.effects.length === 0) return
    const answers = this.#answersFor(other)
    const wrong = this.#answersFor(one).findIndex((answer, index) => answer !== answers[index])
    if (wrong >= 0) fail(`property ${this.#ofSteps[wrong]?.name ?? '?'} gives another answer`)
  }

  #answersFor({ node, slot, event, response }: Judged): ReadonlyArray<boolean> {
    const known = this.#answers.get(response)
    if (known !== undefined) return known
    const transition = this.#slots.transition(node, slot, event, response)
    const found = this.#ofSteps.map(({ holds }) => holds(transition))
    this.#answers.set(response, found)
    return found
  }

  #textOf(response: Response): string {
    const known = this.#texts.get(response)
    if (known !== undefined) return known
    const found = this.#saying(response.reaction.effects)
    this.#texts.set(response, found)
    return found
  }

  /** Effects as text; in order only where a crash may cut between them, or clients see them. */
  #saying(effects: ReadonlyArray<Effect<AnySignature>>): string {
    const { budget, model, histories } = this.#valid
    const isCut = model.network.kind !== 'asynchronous' && budget.crashes + budget.crashesForGood > 0
    const texts = effects.map((effect) => canonical(effect))
    if (isCut || model.network.kind === 'fifo') return texts.join('\n')
    const replies = histories.length === 0 ? [] : texts.filter((_text, index) => effects[index]?.type === 'reply')
    return [...texts.toSorted(), ...replies].join('\n')
  }

  /** A predicate over node states, asked again with a pair of neighbours exchanged. */
  checkPredicate(
    slots: ReadonlyArray<number>,
    what: string,
    answer: boolean,
    ask: (slots: ReadonlyArray<number>) => boolean
  ): void {
    for (const exchange of this.#exchanges) {
      if (ask(this.#exchanged(exchange, slots)) !== answer)
        asymmetric(this.#valid, exchange, 'the answer is another one', [what])
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

  /** What history properties make of what clients see. */
  checkSeen(
    before: ReadonlyArray<unknown>,
    seen: ReadonlyArray<ClientRecord<AnySignature>>,
    after: ReadonlyArray<unknown>
  ): void {
    for (const exchange of this.#exchanges) {
      const found = nextContents(this.#valid, exchange.contents(before), exchange.data(seen))
      const wanted = exchange.contents(after)
      const wrong = this.#valid.histories.find((_history, index) => !sameData(found[index], wanted[index]))
      if (wrong !== undefined)
        asymmetric(this.#valid, exchange, 'the content is another one', [
          `property ${wrong.name}`,
          `records ${JSON.stringify(seen)}`
        ])
    }
  }
}
