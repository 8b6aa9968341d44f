/**
 * What a judge is: a pure function from a history to a verdict.
 *
 * A history that cannot be judged at all (a completion without an invocation, an operation that the specification
 * does not have) is a Problem; everything that can be judged gets a verdict. The verdict depends on the history
 * alone, never on the clock, so it can be cached by history.
 */
import type { either } from 'fp-ts'
import type { Problem } from '../model/problem.ts'
import type { History } from './history.ts'

/**
 * - `ok`: the history has the property; `witness` shows why
 * - `violation`: it has not; `evidence` shows why not
 * - `unknown`: the judge gave up, and `why` says at what; never a disguised `ok`
 */
export type Verdict<Evidence, Witness = null> =
  | { readonly verdict: 'ok'; readonly witness: Witness }
  | {
      readonly verdict: 'violation'
      readonly evidence: Evidence
      /** The evidence in words, a few lines, for a person who has the history at hand. */
      readonly explanation: string
    }
  | { readonly verdict: 'unknown'; readonly why: string }

/** Judged, or refused as unjudgeable. */
export type Judged<Evidence, Witness = null> = either.Either<Problem, Verdict<Evidence, Witness>>

export interface Judge<Evidence, Witness = null> {
  /** Such as `linearizable:register`. */
  readonly name: string
  readonly judge: (history: History<unknown, unknown>) => Judged<Evidence, Witness>
}
