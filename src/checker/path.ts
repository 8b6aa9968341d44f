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
  /** Whether nothing may be left to do at the end of the path. */
  readonly isEnd: boolean
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
  /**
   * Takes as few steps as can be that are none to the search, until something holds of the world: deliveries of dead messages that
   * stand in the way, and silent steps.
   */
  const proceed = (holds: (world: World) => boolean): void => {
    const here = walk.indexOf(world)
    const met = new Set([keyOf(world)])
    const reached: { readonly world: World; readonly by: ReadonlyArray<Action> }[] = [{ world, by: [] }]
    for (const { world: at, by } of reached) {
      if (holds(at)) {
        world = at
        actions.push(...by)
        return
      }
      for (const { action, next } of moves(valid, at)) {
        if (walk.indexOf(next) !== here || met.has(keyOf(next))) continue
        met.add(keyOf(next))
        reached.push({ world: next, by: [...by, action] })
      }
    }
    throw new Error('a marked state has no marked successor')
  }
  const take = (fits: (move: Move, index: number, from: World) => boolean): void => {
    const fitting = (from: World): ReadonlyArray<Move> =>
      moves(valid, from).filter((move) => fits(move, walk.indexOf(move.next), from))
    proceed((from) => fitting(from).length > 0)
    const [best] = fitting(world)
      .map((move) => ({ move, text: canonical(move.action) }))
      .toSorted((a, b) => (a.text < b.text ? -1 : 1))
    actions.push(best!.move.action)
    world = best!.move.next
  }
  /**
   * Goes on to where nothing can change any more: a state at its end may stand for some that come there without being seen. The first step that
   * changes something will do, unless it turns out to lead round.
   */
  const finish = (): void => {
    const here = walk.indexOf(world)
    const met = new Set<string>()
    const ahead: { readonly world: World; readonly by: ReadonlyArray<Action> }[] = [{ world, by: [] }]
    for (let last = ahead.pop(); last !== undefined; last = ahead.pop()) {
      const { world: at, by } = last
      const key = keyOf(at)
      if (met.has(key)) continue
      met.add(key)
      const changing = moves(valid, at).filter(({ next }) => keyOf(next) !== key)
      if (changing.length === 0) {
        actions.push(...by)
        return
      }
      for (const { action, next } of changing.toReversed())
        if (walk.indexOf(next) === here) ahead.push({ world: next, by: [...by, action] })
    }
    throw new Error('a state that is at its end can go on for ever')
  }
  for (let level = 0; level < goal.level; level++) {
    const next = search.levels[level + 1]!
    take((_move, index) => index >= next && marks[index] === 1)
  }
  const { isLastMove } = goal
  if (isLastMove !== null) take((move, _index, from) => isLastMove(from, move))
  if (goal.isEnd) finish()
  return actions
}

/** The actions of a shortest path to the goal. */
export const pathTo = (search: Search, goal: Goal): ReadonlyArray<Action> => {
  const walk = new Walk(search)
  return (search.isPlain ? plainPath : concretePath)(search, walk, goal, marksOf(search, walk, goal))
}
