/** Runs of models, written down as the words of their actions. */
import { either } from 'fp-ts'
import type { Action } from '../../src/model/action.ts'
import type { Model } from '../../src/model/model.ts'
import { explain, type Problem } from '../../src/model/problem.ts'
import type { ValidModel } from '../../src/model/valid.ts'
import { validate } from '../../src/model/validate.ts'
import { initialWorld, keyOf, moves, type Move, type World } from '../../src/model/world.ts'
import { record, type About } from '../../src/trace/record.ts'
import type { Trace } from '../../src/trace/trace.ts'
import { sayAction } from '../../src/trace/words.ts'

/** The right, where a left would be a mistake of the test. */
export const rightOf = <A>(value: either.Either<Problem, A>): A => {
  if (either.isLeft(value)) throw new Error(explain(value.left))
  return value.right
}

/** The left, where a right would be a mistake of the test. */
export const leftOf = <A>(value: either.Either<Problem, A>): Problem => {
  if (either.isRight(value)) throw new Error('a problem was expected')
  return value.left
}

export const validated = (model: Model<any>): ValidModel => rightOf(validate(model))

/** `a->b ping` for a whole step, `a->b ping !1` for one that a crash cuts after one message, `!1 for good`. */
const named = ({ action }: Move): string => {
  const crash = 'crash' in action ? action.crash : null
  return `${sayAction(action)}${crash === null ? '' : ` !${crash.kept}${crash.forGood ? ' for good' : ''}`}`
}

/** The actions that are meant by these words, each the only move so called in its state. */
export const actionsOf = (valid: ValidModel, words: ReadonlyArray<string>): ReadonlyArray<Action> =>
  words.reduce<{ readonly world: World; readonly actions: ReadonlyArray<Action> }>(
    ({ world, actions }, said) => {
      const possible = moves(valid, world)
      const move = possible.find((candidate) => named(candidate) === said)
      if (move === undefined) throw new Error(`"${said}" is none of:\n${possible.map(named).join('\n')}`)
      return { world: move.next, actions: [...actions, move.action] }
    },
    { world: initialWorld(valid), actions: [] }
  ).actions

/** The trace of a run that is given in words. */
export const runOf = (model: Model<any>, words: ReadonlyArray<string>, about: Partial<About> = {}): Trace => {
  const valid = validated(model)
  return rightOf(record(valid, actionsOf(valid, words), { shows: 'run', property: null, origin: null, ...about }))
}

/** A walk that takes, in each state, the move that the next number picks among those that change something. */
export const walkOf = (valid: ValidModel, picks: ReadonlyArray<number>): ReadonlyArray<Action> =>
  picks.reduce<{ readonly world: World; readonly actions: ReadonlyArray<Action> }>(
    ({ world, actions }, pick) => {
      const here = keyOf(world)
      const changing = moves(valid, world).filter(({ next }) => keyOf(next) !== here)
      const move = changing[pick % changing.length]
      return move === undefined ? { world, actions } : { world: move.next, actions: [...actions, move.action] }
    },
    { world: initialWorld(valid), actions: [] }
  ).actions
