/** Going through a search that is done, move by move and with names: for paths. Slow beside the search, and no part of it. */
import type { Action } from '../../model/action.ts'
import type { World } from '../../model/world.ts'
import type { TakenStep } from './frames.ts'
import type { Search } from './search.ts'

export interface Successor {
  readonly action: Action
  /** Index of the state it leads to. */
  readonly to: number
  /** Of the node that acts, and what it does; null where none does. */
  readonly by: TakenStep | null
}

export class Walk {
  readonly #search: Search

  constructor(search: Search) {
    this.#search = search
  }

  /**
   * Every move out of a state that has been expanded, with what is remarkable though it changes nothing. `visit` gets
   * the node, the label, and the index of the state it leads to; node -1 for a move of the ledger, with its position
   * there as label. Stops at the first yes.
   */
  #walk(index: number, visit: (node: number, label: number, to: number) => boolean): boolean {
    const vector = new Int32Array(this.#search.frames.length + 1)
    const next = new Int32Array(this.#search.frames.length + 1)
    this.#search.readFrames(index, vector)
    const page = vector[this.#search.frames.length]!
    for (let node = 0; node < this.#search.frames.length; node++) {
      const frames = this.#search.frames[node]!
      const frame = vector[node]!
      // Another thread may have expanded the state: this one then has no list of it yet.
      frames.prepare(frame, page, index)
      for (const at of frames.allowed(frame, page, index)) {
        this.#search.follow(vector, node, at, next)
        if (visit(node, frames.pool[at + 2]!, this.#search.indexOfVector(next))) return true
      }
    }
    return this.#search.ledger.moves(page).some(({ to }, position) => {
      next.set(vector)
      next[this.#search.frames.length] = to
      return visit(-1, position, this.#search.indexOfVector(next))
    })
  }

  /** Whether some move out of an expanded state leads to a state that passes. */
  someSuccessor(index: number, passes: (to: number) => boolean): boolean {
    return this.#walk(index, (_node, _label, to) => passes(to))
  }

  /**
   * Tells of every move out of an expanded state: the node that acts and the label there, or -1 and a position among the moves of the ledger; and
   * the index of the state it leads to.
   */
  each(index: number, visit: (node: number, label: number, to: number) => void): void {
    this.#walk(index, (node, label, to) => {
      visit(node, label, to)
      return false
    })
  }

  /** Every move out of an expanded state, named. */
  successors(index: number): ReadonlyArray<Successor> {
    const page = this.#search.pageOf(index)
    const found: Successor[] = []
    this.#walk(index, (node, label, to) => {
      const frames = this.#search.frames[node]
      found.push(
        frames === undefined
          ? { action: this.#search.ledger.moves(page)[label]!.action, to, by: null }
          : {
              action: frames.action(label),
              to,
              by: frames.taken(frames.slots[this.#search.frameOf(index, node)]!, label)
            }
      )
      return false
    })
    return found
  }

  /** The index of the state that stands for a global state in plain data, or -1. */
  indexOf(world: World): number {
    return this.#search.indexOfVector(
      Int32Array.from([
        ...this.#search.frames.map((frames, node) => {
          const letters = world.flight[node]!.map((letter) => frames.alphabet.stimulus({ type: 'deliver', ...letter }))
          return frames.frame(frames.alphabet.slots.id(world.nodes[node]!), frames.inboxes.ordered(letters))
        }),
        this.#search.ledger.pages.id({
          cut: this.#search.valid.cuts.findIndex(({ name }) => name === world.cut),
          left: world.left,
          asked: world.asked,
          contents: world.contents
        })
      ])
    )
  }
}
