/**
 * When may a timer fire? The model's assumption about time, asked no more often than what it reads can differ: once per
 * distinct combination of node states and partition, and in every state only if it reads the network.
 */
import type { AnySignature, UpNode } from '../../spec/kernel/index.ts'
import type { Timing } from '../model/model.ts'
import type { ValidModel } from '../model/valid.ts'
import type { MayFire } from './engine/entries.ts'
import type { Search } from './engine/search.ts'
import type { Equivariance } from './equivariance.ts'
import { Sights } from './sights.ts'
import { SlotViews } from './slot-views.ts'
import { StateViews, type Asked } from './state-views.ts'

type P = AnySignature

/** What is known of a timer of a node in a sight. */
const unknown = 0
const no = 1
const yes = 2
const perState = 3

export class TimingGuard {
  readonly #valid: ValidModel
  readonly #timing: Timing<P>
  readonly #search: Search
  readonly #slots: SlotViews
  readonly #sights: Sights
  readonly #views: StateViews
  readonly #equivariance: Equivariance | null
  readonly #timers: ReadonlyArray<string>
  /** By sight and cut: what is known, by node and timer. */
  #known: (Int8Array | undefined)[] = []
  /** The state in hand. */
  #state = -1
  #row: Int8Array = new Int8Array(0)

  constructor(
    valid: ValidModel,
    timing: Timing<P>,
    search: Search,
    dropsMessages: boolean,
    equivariance: Equivariance | null
  ) {
    this.#valid = valid
    this.#timing = timing
    this.#search = search
    // Its own views: what it reads does not make the properties look again.
    this.#slots = new SlotViews(
      valid,
      search.frames.map(({ alphabet }) => alphabet)
    )
    this.#sights = new Sights(search, this.#slots)
    this.#views = new StateViews(valid, search, this.#slots, dropsMessages)
    this.#equivariance = equivariance
    this.#timers = valid.model.protocol.timers
  }

  readonly mayFire: MayFire = (state, node, timer) => {
    if (state !== this.#state) this.#lookAt(state)
    const cell = node * this.#timers.length + timer
    const known = this.#row[cell]!
    if (known === no || known === yes) return known === yes
    const { answer, readNetwork } = this.#evaluate(state, node, timer)
    if (this.#sights.isRenewed()) {
      // Something was read that does not tell sights apart yet.
      this.#known = []
      this.#lookAt(state)
    }
    this.#row[cell] = readNetwork ? perState : answer ? yes : no
    return answer
  }

  #lookAt(state: number): void {
    const { cuts } = this.#search.ledger
    const key = this.#sights.of(state) * (this.#valid.cuts.length + 1) + cuts[this.#search.pageOf(state)]! + 1
    this.#state = state
    this.#row = this.#known[key] ??= new Int8Array(this.#valid.ids.length * this.#timers.length).fill(unknown)
  }

  #evaluate(state: number, node: number, timer: number): Asked {
    const slots = this.#search.slotsOf(state)
    const cut = this.#search.ledger.cuts[this.#search.pageOf(state)]!
    const ask = (of: ReadonlyArray<number>, underCut: number, at: number): Asked => {
      const severed = this.#valid.cuts[underCut]?.links ?? []
      const holds: Parameters<StateViews['ask']>[2] = (view) =>
        this.#timing.mayFire(
          {
            nodes: view.nodes,
            severed,
            get network() {
              return view.network
            }
          },
          view.nodes[at] as UpNode<P>,
          this.#timers[timer]!
        )
      return this.#views.ask(state, of, holds, '`mayFire`')
    }
    const asked = ask(slots, cut, node)
    if (!asked.readNetwork)
      this.#equivariance?.checkTiming({ slots, cut, node }, asked.answer, (exchanged) => {
        return ask(exchanged.slots, exchanged.cut, exchanged.node).answer
      })
    return asked
  }
}
