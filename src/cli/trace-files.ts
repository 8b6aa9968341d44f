/** Traces in files. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { either } from 'fp-ts'
import { nameOf } from '../load/find.ts'
import { problem, type Problem } from '../model/problem.ts'
import { encodeTrace } from '../trace/index.ts'
import type { Outcome } from './run.ts'

/** The name of a model's trace file. Names of models may have characters that names of files may not. */
const fileNameOf = (model: string): string => `${model.replaceAll(/[^\w.-]/g, '_')}.trace.json`

/**
 * Writes the counterexample of a model, if it has one and a folder is given.
 *
 * @returns the file, or null; Q502 if it cannot be written
 */
export const writeTrace = (folder: string | undefined, { result }: Outcome): either.Either<Problem, string | null> => {
  if (folder === undefined || either.isLeft(result) || result.right.trace === null) return either.right(null)
  const { model, trace } = result.right
  const file = join(folder, fileNameOf(model))
  return either.tryCatch(
    () => {
      writeFileSync(file, encodeTrace(trace))
      return nameOf(file)
    },
    (error) => problem('Q502', error instanceof Error ? error.message : String(error), [file])
  )
}
