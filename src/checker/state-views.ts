/** States of a search as the model's predicates see them: what is read of a node is noted by its view, reading the network here. */
import type { AnySignature, View } from '../../spec/kernel/index.ts'
import { canonical } from '../model/data.ts'
import { ask } from '../model/local.ts'
import type { ValidModel } from '../model/valid.ts'
import type { Search } from './engine/search.ts'
import type { SlotViews } from './slot-views.ts'

/** Thrown when a predicate reads the network while messages are being dropped: the search must be run without. */
export class ReadsNetwork extends Error {}

export interface Asked {
  readonly answer: boolean
  readonly readNetwork: boolean
}

export class StateViews {
  readonly #valid: ValidModel
  readonly #search: Search
  readonly #slots: SlotViews
  readonly #dropsMessages: boolean

  constructor(valid: ValidModel, search: Search, slots: SlotViews, dropsMessages: boolean) {
    this.#valid = valid
    this.#search = search
    this.#slots = slots
    this.#dropsMessages = dropsMessages
  }

  /** Asks about a state, whose nodes are in `slots`; `network` is a getter, so that reading it is seen. */
  ask(index: number, slots: ReadonlyArray<number>, holds: (view: View<AnySignature>) => boolean, what: string): Asked {
    let readNetwork = false
    const network = () => {
      readNetwork = true
      return this.#network(index)
    }
    const nodes = slots.map((slot, node) => this.#slots.view(node, slot))
    const view: View<AnySignature> = {
      nodes,
      get network() {
        return network()
      }
    }
    const answer = ask(() => holds(view), what, this.#valid)
    // Thrown only here: the predicate might catch it.
    if (readNetwork && this.#dropsMessages) throw new ReadsNetwork()
    return { answer, readNetwork }
  }

  #network(index: number): View<AnySignature>['network'] {
    return this.#search.lettersOf(index).flatMap((letters, node) =>
      letters
        .map((letter) => this.#search.frames[node]!.alphabet.stimuli.at(letter))
        .flatMap((cause) => (cause.type === 'deliver' ? [{ from: cause.from, message: cause.message as unknown }] : []))
        .map((letter) => ({ letter, text: canonical(letter) }))
        .toSorted((a, b) => (this.#valid.model.network.kind === 'fifo' ? 0 : a.text < b.text ? -1 : 1))
        .map(({ letter: { from, message } }) => ({ from, to: this.#valid.ids[node]!, message }))
    )
  }
}
