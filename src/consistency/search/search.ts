/**
 * The search for a legal sequential order of calls: Wing & Gong's, with Lowe's memory of configurations.
 *
 * This folder is sealed and mutates: the search visits millions of configurations, places a call and takes it back at
 * each, and copying persistent data there costs more than all the rest. Nothing of it leaks: a search is built from
 * plain data, is advanced by a number of steps, and answers with plain data.
 *
 * Two choices need no branch. A call that is allowed here and changes no state (a read of the value held) is placed
 * at once: any legal order in which it comes later stays legal when it moves here. An optional call that changes
 * nothing here need not be placed here. Nor is an optional call placed where the call after it would come out the
 * same without it: leaving it out is a choice that is tried anyway, and one that has used up less.
 *
 * [Wing93] is the search, [Lowe17] the memory, [Horn15] the idea to split by key, which the caller does.
 */
import type { Arrangement } from './arrangement.ts'
import { configurations } from './configurations.ts'
import { refused } from './transitions.ts'
import type { Transitions } from './transitions.ts'

/** As many comparisons with earlier configurations take about as long as visiting one. */
const comparisonsPerVisit = 16

/** How many states are remembered at the place where the search got furthest. */
const mostStates = 16

export interface Furthest {
  /** The longest legal beginning found, as calls in order. */
  readonly order: ReadonlyArray<number>
  /** The state after it. */
  readonly state: number
  /** States of other legal orders that got as far, this one included, in the order found; at most 16. */
  readonly states: ReadonlyArray<number>
  readonly progress: number
}

export interface Search {
  /** Spends up to about so much effort. After `legal` or `illegal` there is nothing left to do. */
  readonly advance: (effort: number) => 'legal' | 'illegal' | 'running'
  /** Effort spent so far: one for each configuration visited, and for each {@link comparisonsPerVisit} comparisons. */
  readonly effort: () => number
  /** The legal order after `legal`. */
  readonly order: () => ReadonlyArray<number>
  /** After `illegal`. */
  readonly furthest: () => Furthest
}

/** @param optional by call: 1 where it may or may not have taken effect */
export const searchFor = (
  arrangement: Arrangement,
  transitions: Transitions<unknown>,
  optional: Uint8Array
): Search => {
  const { kinds, readOnly, next } = transitions
  const { prefixWords, optionalWords } = arrangement
  const seen = configurations(1 + prefixWords, optionalWords)

  // The branch being explored. Frame i holds the state before the i-th placed call and where its other choices begin.
  const placed: Array<number> = []
  const states: Array<number> = []
  const bases: Array<number> = []
  const choices: Array<number> = []
  const outcomes: Array<number> = []
  let state = 0
  let visited = 0

  let best: Array<number> = []
  let bestState = 0
  let bestProgress = -1
  let bestStates = new Set<number>()
  // `best` and `placed` agree below this depth, so only the rest is copied.
  let shared = 0

  const note = (): void => {
    const progress = arrangement.progress()
    if (progress < bestProgress) return
    if (progress > bestProgress) bestStates = new Set()
    if (bestStates.size < mostStates) bestStates.add(state)
    if (progress === bestProgress && placed.length <= best.length) return
    best.length = shared
    for (let i = shared; i < placed.length; i += 1) best.push(placed[i]!)
    shared = placed.length
    bestProgress = progress
    bestState = state
  }

  const push = (base: number): void => {
    states.push(state)
    bases.push(base)
  }

  const place = (call: number, after: number): void => {
    arrangement.place(call)
    placed.push(call)
    state = after
  }

  const takeBack = (): boolean => {
    const call = placed.pop()
    if (call === undefined) return false
    arrangement.takeBack(call)
    if (placed.length < shared) shared = placed.length
    return true
  }

  /** Opens the configuration that the branch has come to. false: there is nothing new beyond it. */
  const open = (): boolean => {
    const base = choices.length
    arrangement.candidates(choices)
    let kept = base
    const latest = placed.at(-1)
    const before = latest !== undefined && optional[latest] === 1 ? states.at(-1)! : -1
    for (let i = base; i < choices.length; i += 1) {
      const call = choices[i]!
      const after = next(state, kinds[call]!)
      if (after === state && optional[call] === 1) continue
      if (after === state && readOnly[kinds[call]!] === 1) {
        choices.length = base
        push(base)
        place(call, state)
        return true
      }
      if (after === refused || (before !== -1 && next(before, kinds[call]!) === after)) continue
      choices[kept] = call
      outcomes[kept] = after
      kept += 1
    }
    choices.length = kept
    note()
    if (kept === base) return false
    seen.row[0] = state
    arrangement.describe(seen.row, 1)
    if (!seen.add()) {
      choices.length = base
      return false
    }
    push(base)
    descend()
    return true
  }

  const descend = (): void => {
    const at = choices.length - 1
    const call = choices[at]!
    choices.length = at
    place(call, outcomes[at]!)
  }

  /** Goes back to the last frame with a choice left and takes it. false: there is none. */
  const retreat = (): boolean => {
    while (takeBack()) {
      state = states.at(-1)!
      if (choices.length > bases.at(-1)!) {
        descend()
        return true
      }
      states.pop()
      bases.pop()
    }
    return false
  }

  const effort = (): number => visited + Math.floor(seen.comparisons() / comparisonsPerVisit)

  const advance = (share: number): 'legal' | 'illegal' | 'running' => {
    for (const end = effort() + share; effort() < end;) {
      if (arrangement.complete()) return 'legal'
      visited += 1
      if (!open() && !retreat()) return 'illegal'
    }
    return arrangement.complete() ? 'legal' : 'running'
  }

  return {
    advance,
    effort,
    order: () => [...placed],
    furthest: () => ({ order: [...best], state: bestState, states: [...bestStates], progress: bestProgress })
  }
}
