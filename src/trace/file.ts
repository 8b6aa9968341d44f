/** Traces in files. */
import { readFileSync } from 'node:fs'
import { either } from 'fp-ts'
import { problem, type Problem } from '../model/problem.ts'
import { decodeTrace } from './codec.ts'
import type { Trace } from './trace.ts'

/**
 * Reads a trace.
 *
 * @param file a path, relative to the working directory, or a `file:` URL
 * @returns Q301 if the file cannot be read, Q401 and Q402 if it is not a trace; the file is where
 */
export const readTrace = (file: string | URL): either.Either<Problem, Trace> => {
  const text = either.tryCatch(
    () => readFileSync(file, 'utf8'),
    (error) => problem('Q301', error instanceof Error ? error.message : String(error))
  )
  const inFile = (found: Problem): Problem => ({ ...found, where: [String(file), ...found.where] })
  return either.mapLeft(inFile)(either.chain(decodeTrace)(text))
}
