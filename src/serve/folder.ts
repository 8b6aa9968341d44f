/** A folder to keep things in. */
import { mkdirSync } from 'node:fs'
import { either } from 'fp-ts'
import { problem, type Problem } from '../model/problem.ts'

/** Makes it, and those above it, where they are not there. Q502 where that cannot be. */
export const madeFolder = (path: string): either.Either<Problem, void> =>
  either.tryCatch(
    () => void mkdirSync(path, { recursive: true }),
    (error) => problem('Q502', error instanceof Error ? error.message : String(error), [path])
  )
