/** Histories from files and from standard input, and the format they are in. */
import { readFileSync } from 'node:fs'
import { either } from 'fp-ts'
import { calls, formats, type Call, type Format, type History } from '../consistency/index.ts'
import { problem, type Problem } from '../model/problem.ts'

export interface Input {
  /** As the user named it; `-` for standard input. */
  readonly file: string
  readonly format: Format
  readonly history: History<unknown, unknown>
  readonly calls: ReadonlyArray<Call<unknown, unknown>>
}

/** Whether a record is `{:type :invoke, :f :read, :value [key nil]}`: a read brings no value of its own, so the vector is a tuple. */
const hasKey = (record: string): boolean =>
  /:type\s+:invoke\b/.test(record) &&
  /:f\s+:(?:read|dequeue|acquire|release)\b/.test(record) &&
  /:value\s+(?:#[\w.]+\s*)?[[(]/.test(record)

const recordIn = /\{[^{}]*\}/g
const transaction = /:f\s+:txn\b|:value\s+[[(]\s*[[(]\s*:(?:append|r|w|read|write)\b/

/** How much of a file is looked at to tell its format. */
const looked = 200_000

/**
 * The format of a text, by what it looks like. The name decides only where that is not enough: an empty file.
 *
 * Porcupine's key-value logs are Jepsen histories, and so are read as such.
 */
export const formatOf = (file: string, text: string): Format => {
  const start = text.slice(0, looked)
  if (/^\s*INFO\s+jepsen\.util\b/m.test(start)) return 'porcupine-register'
  if (!/:process\b/.test(start)) return file.endsWith('.edn') ? 'jepsen' : 'json-lines'
  if (transaction.test(start)) return 'elle'
  return (start.match(recordIn) ?? []).some(hasKey) ? 'jepsen-keyed' : 'jepsen'
}

const textOf = (file: string): either.Either<Problem, string> =>
  either.tryCatch(
    () => readFileSync(file === '-' ? 0 : file, 'utf8'),
    (error) => problem('Q301', error instanceof Error ? error.message : String(error), [file])
  )

/**
 * Reads a history.
 *
 * @param file a path, or `-` for standard input
 * @param given the format that the user names, if any
 * @returns Q301 where there is nothing to read, Q601 to Q606 for what is no history in this format, or one without calls
 */
export const readHistory = (file: string, given: Format | undefined): either.Either<Problem, Input> =>
  either.chain((text: string): either.Either<Problem, Input> => {
    const format = given ?? formatOf(file, text)
    const place = (found: Problem): Problem => ({ ...found, where: [file, `format ${format}`, ...found.where] })
    const read: either.Either<Problem, History<unknown, unknown>> = formats[format](text)
    return either.mapLeft(place)(
      either.chain((history: History<unknown, unknown>) =>
        either.chain((paired: ReadonlyArray<Call<unknown, unknown>>): either.Either<Problem, Input> =>
          // No calls have every property, and whoever lost a recording would never learn of it.
          paired.length === 0
            ? either.left(problem('Q605', 'there is not one call in it'))
            : either.right({ file, format, history, calls: paired })
        )(calls(history))
      )(read)
    )
  })(textOf(file))
