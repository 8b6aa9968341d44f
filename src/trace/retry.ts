/** A trace against a model that was mended: do the same actions still lead to what the trace shows? */
import { either } from 'fp-ts'
import { atBorder, type Problem } from '../model/problem.ts'
import type { ValidModel } from '../model/valid.ts'
import { initialWorld, type World } from '../model/world.ts'
import { follow, type Followed } from './follow.ts'
import { cannotHappen } from './record.ts'
import { fit } from './replay.ts'
import { showsAt } from './shows.ts'
import type { Trace } from './trace.ts'

/** How a run went that was tried again. */
export interface Retried {
  /** How many of the actions happened. */
  readonly steps: number
  /** Why the next one cannot happen (Q404); null if all of them did. */
  readonly stopped: Problem | null
  /** After how many steps the run first showed what the trace says; null if it never did. */
  readonly shownAfter: number | null
}

interface Run extends Retried {
  readonly world: World
}

/**
 * Tries the actions of a trace again, as far as they can happen. Rules, states and effects may be other than recorded:
 * only what the run shows is asked, after every step and not just the last, except for a deadlock, which can only
 * show at the end of the whole run.
 *
 * @returns Q403 if the trace is of another protocol, other nodes or an unknown property; Q2xx if a reducer is wrong
 */
export const retry = (valid: ValidModel, trace: Trace): either.Either<Problem, Retried> =>
  atBorder(() => {
    const arrive = (run: Omit<Run, 'shownAfter'>, shownAfter: number | null, last: Followed | null): Run => {
      const isAsked = shownAfter === null && (trace.shows !== 'deadlock' || run.steps === trace.steps.length)
      const isShown = isAsked && showsAt(valid, trace, run.world, last)
      return { ...run, shownAfter: isShown ? run.steps : shownAfter }
    }
    const begun = either.map(() => arrive({ world: initialWorld(valid), steps: 0, stopped: null }, null, null))(
      fit(valid, trace)
    )
    return either.map((start: Run): Retried => {
      const { steps, stopped, shownAfter } = trace.steps.reduce<Run>((run, { action }, index) => {
        if (run.stopped !== null) return run
        const followed = follow(valid, run.world, action)
        return either.isLeft(followed)
          ? { ...run, stopped: cannotHappen(valid, index + 1, action, followed.left) }
          : arrive({ ...run, world: followed.right.move.next, steps: index + 1 }, run.shownAfter, followed.right)
      }, start)
      return { steps, stopped, shownAfter }
    })(begun)
  })
