/** Histories as JSON lines: one record per line, the format of this library's own. */
import { either } from 'fp-ts'
import * as t from 'io-ts'
import { Natural, closed } from '../../../spec/kernel/codecs.ts'
import { explainErrors } from '../../../spec/kernel/explain.ts'
import { problem } from '../../model/problem.ts'
import type { Problem } from '../../model/problem.ts'
import type { History, HistoryRecord } from '../history.ts'

const place = {
  index: Natural,
  process: t.union([Natural, t.string], 'a process: a whole number >= 0 or a name'),
  time: t.union([t.number, t.null], 'nanoseconds or null')
}

const records = {
  invoke: closed('an invocation', { type: t.literal('invoke'), ...place, operation: t.unknown }),
  ok: closed('a completion', { type: t.literal('ok'), ...place, response: t.unknown }),
  fail: closed('a failure', { type: t.literal('fail'), ...place, reason: t.unknown }),
  info: closed('an open end', { type: t.literal('info'), ...place, reason: t.unknown })
}

const AnyRecord = t.union([records.invoke, records.ok, records.fail, records.info], 'a record of a history')

/** The codec of a history whose operations and responses are any plain data. */
export const HistoryCodec: t.Type<History<unknown, unknown>, unknown> = t.readonlyArray(AnyRecord, 'a history')

const isType = (value: unknown): value is keyof typeof records =>
  typeof value === 'string' && Object.hasOwn(records, value)

/** Deeper nesting than this is refused: no history needs it, and recursion must end. */
const deepest = 200

/**
 * What is wrong with data that came through JSON; null if nothing is. Integers beyond 2^53 have lost their last
 * digits.
 */
const inexact = (value: unknown, depth = 0): string | null => {
  if (typeof value === 'number')
    return Number.isInteger(value) && !Number.isSafeInteger(value)
      ? `${value} is too large to be exact; quote it`
      : null
  if (typeof value !== 'object' || value === null) return null
  if (depth === deepest) return `it is nested more than ${deepest} deep`
  for (const item of Object.values(value)) {
    const wrong = inexact(item, depth + 1)
    if (wrong !== null) return wrong
  }
  return null
}

const parsed = (text: string): either.Either<string, unknown> => {
  try {
    return either.right(JSON.parse(text))
  } catch (thrown) {
    return either.left(thrown instanceof Error ? thrown.message : String(thrown))
  }
}

const recordOf = (
  text: string,
  line: number,
  follows: number
): either.Either<Problem, HistoryRecord<unknown, unknown>> => {
  const where = [`line ${line}`]
  const value = parsed(text)
  if (either.isLeft(value)) return either.left(problem('Q604', value.left, where))
  const wrong = inexact(value.right)
  if (wrong !== null) return either.left(problem('Q605', wrong, where))
  if (!t.UnknownRecord.is(value.right)) return either.left(problem('Q605', 'the line is not a record', where))
  const { type } = value.right
  if (!isType(type))
    return either.left(problem('Q605', `type ${JSON.stringify(type)} is not invoke, ok, fail or info`, where))
  const reason = type === 'fail' || type === 'info' ? { reason: null } : {}
  const decoded: t.Validation<HistoryRecord<unknown, unknown>> = records[type].decode({
    index: follows,
    time: null,
    ...reason,
    ...value.right
  })
  return either.mapLeft((errors: t.Errors) => problem('Q605', explainErrors(errors), where))(decoded)
}

/**
 * Reads a history. `index` may be left out (the record then follows the one before it), and so may `time` and
 * `reason` (null). Blank lines are passed over.
 *
 * @returns Q604 for a line that is not JSON, Q605 for one that is not a record, each with its line
 */
export const readJsonLines = (text: string): either.Either<Problem, History<unknown, unknown>> => {
  const history: Array<HistoryRecord<unknown, unknown>> = []
  for (const [number, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '') continue
    const record = recordOf(line, number + 1, (history.at(-1)?.index ?? -1) + 1)
    if (either.isLeft(record)) return record
    history.push(record.right)
  }
  return either.right(history)
}

/** Writes a history, a line per record; `readJsonLines` gives it back. */
export const writeJsonLines = (history: History<unknown, unknown>): string =>
  history.map((record) => `${JSON.stringify(record)}\n`).join('')
