/**
 * How did I get here: a shortest path, rebuilt from the levels of the search. No state keeps a link to its parent: the
 * states on some shortest path are marked backwards, level by level, and then walked forwards, always taking the least
 * action by its canonical text. So the path depends on the model alone, not on the order of the search.
 */
import type { Action } from '../model/action.ts'
import { canonical } from '../model/data.ts'
import { initialWorld, keyOf, moves, type Move, type World } from '../model/world.ts'
import type { Search } from './engine/search.ts'
import { Walk, type Successor } from './engine/walk.ts'

export interface Goal {
  /** The level that the path ends in, or takes its last step from. */
  readonly level: number
  /** Whether a state of that level ends the path. */
  readonly states: ReadonlyArray<number>
  /** Whether a state of the search was expanded: those outside the model's bounds lead nowhere. */
  readonly isExpanded: (index: number) => boolean
  /** Steps out of that level that end the path. */
  readonly isLastStep: ((successor: Successor) => boolean) | null
  /** The same in plain data. */
  readonly isLastMove: ((world: World, move: Move) => boolean) | null
}

const marksOf = (search: Search, walk: Walk, { level, states, isExpanded, isLastStep }: Goal): Uint8Array => {
  const marks = new Uint8Array(search.levels[level + 1] ?? search.states.size)
  for (const state of states) marks[state] = 1
  if (isLastStep !== null)
    for (let index = search.levels[level]!; index < search.levels[level + 1]!; index++)
      if (isExpanded(index) && walk.successors(index).some(isLastStep)) marks[index] = 1
  for (let earlier = level - 1; earlier >= 0; earlier--) {
    const next = search.levels[earlier + 1]!
    for (let index = search.levels[earlier]!; index < next; index++)
      if (isExpanded(index) && walk.someSuccessor(index, (to) => to >= next && marks[to] === 1)) marks[index] = 1
  }
  return marks
}

const least = (successors: ReadonlyArray<Successor>): Successor => {
  const [first] = successors
    .map((successor) => ({ successor, text: canonical(successor.action) }))
    .toSorted((a, b) => (a.text < b.text ? -1 : 1))
  if (first === undefined) throw new Error('a marked state has no marked successor')
  return first.successor
}

/** The actions of a shortest path to the goal, where every state stands for itself alone. */
const plainPath = (search: Search, walk: Walk, goal: Goal, marks: Uint8Array): ReadonlyArray<Action> => {
  const actions: Action[] = []
  let index = 0
  for (let level = 0; level < goal.level; level++) {
    const next = search.levels[level + 1]!
    const step = least(walk.successors(index).filter(({ to }) => to >= next && marks[to] === 1))
    actions.push(step.action)
    index = step.to
  }
  if (goal.isLastStep !== null) actions.push(least(walk.successors(index).filter(goal.isLastStep)).action)
  return actions
}

/**
 * The actions of a shortest path to the goal, in the names of the model, where a state may stand for others: a run of
 * the plain semantics in which every state is one that a marked state stands for.
 */
const concretePath = (search: Search, walk: Walk, goal: Goal, marks: Uint8Array): ReadonlyArray<Action> => {
  const { valid } = search
  const actions: Action[] = []
  let world = initialWorld(valid)
  const take = (fits: (move: Move, index: number) => boolean): boolean => {
    const [best] = moves(valid, world)
      .filter((move) => fits(move, walk.indexOf(move.next)))
      .map((move) => ({ move, text: canonical(move.action) }))
      .toSorted((a, b) => (a.text < b.text ? -1 : 1))
    if (best === undefined) return false
    actions.push(best.move.action)
    world = best.move.next
    return true
  }
  /** A dead message at the head of a queue that stands in the way of the next step. */
  const clear = (): void => {
    const here = walk.indexOf(world)
    const text = keyOf(world)
    if (!take(({ action, next }, index) => action.type === 'deliver' && index === here && keyOf(next) !== text))
      throw new Error('a marked state has no marked successor')
  }
  for (let level = 0; level < goal.level; level++) {
    const next = search.levels[level + 1]!
    while (!take((_move, index) => index >= next && marks[index] === 1)) clear()
  }
  const { isLastMove } = goal
  if (isLastMove !== null) while (!take((move) => isLastMove(world, move))) clear()
  return actions
}

/** The actions of a shortest path to the goal. */
export const pathTo = (search: Search, goal: Goal): ReadonlyArray<Action> => {
  const walk = new Walk(search)
  return (search.isPlain ? plainPath : concretePath)(search, walk, goal, marksOf(search, walk, goal))
}
