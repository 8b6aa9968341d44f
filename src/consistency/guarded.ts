/**
 * What is thrown on purpose ten calls deep comes back as a problem at the border of a judge. Anything else is our
 * bug.
 */
import { either } from 'fp-ts'
import { NotData } from '../model/data.ts'
import { Refusal, problem } from '../model/problem.ts'
import type { Problem } from '../model/problem.ts'

/** Runs a judge. Q605 where it met what is not plain data. */
export const guarded = <A>(judge: () => either.Either<Problem, A>): either.Either<Problem, A> => {
  try {
    return judge()
  } catch (thrown) {
    if (thrown instanceof Refusal) return either.left(thrown.problem)
    if (thrown instanceof NotData) return either.left(problem('Q605', thrown.message))
    throw thrown
  }
}
