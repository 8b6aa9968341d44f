/**
 * The logs that [Porcupine] is tested with.
 *
 * The register log is one line of Jepsen's own logging per record: `INFO  jepsen.util - 0  :invoke  :cas  [3 0]`, for
 * a register with compare-and-set that starts as nil. Other than in a history, `:fail` on a `:cas` says that it did
 * not find its value: an answer. The key-value log is a Jepsen history with `:get`, `:put` and `:append`.
 */
import { either } from 'fp-ts'
import { problem } from '../../model/problem.ts'
import type { Problem } from '../../model/problem.ts'
import type { History } from '../history.ts'
import { parseEdn, plain } from './edn.ts'
import { interpret, objects, readJepsen } from './jepsen.ts'
import type { Dialect, RawRecord } from './jepsen.ts'

const entry = /^INFO\s+jepsen\.util\s+-\s+(\d+)\s+:(invoke|ok|fail|info)\s+:(read|write|cas)\s+(.+)$/
const otherProcess = /^INFO\s+jepsen\.util\s+-\s+:\S+\s/

/** A failed compare-and-set answers false: `interpret` sees it as `ok` and this dialect tells it by its name. */
const failedCas = 'cas that failed'

const registers: Dialect<unknown, unknown> = {
  operation: objects.operation,
  response: (record, asked) => (record.error === failedCas ? either.right(false) : objects.response(record, asked))
}

const rawRecord = (text: string, line: number): either.Either<Problem, RawRecord | null> => {
  if (text.trim() === '' || otherProcess.test(text)) return either.right(null)
  const where = [`line ${line}`]
  const [, process, type, f, rest] = entry.exec(text) ?? []
  if (process === undefined || f === undefined || rest === undefined)
    return either.left(problem('Q604', 'the line is not a record of a register log', where))
  const values = parseEdn(rest)
  if (either.isLeft(values)) return either.left({ ...values.left, where })
  const value = values.right[0] ?? null
  const compared = type === 'fail' && f === 'cas' && Array.isArray(plain(value))
  return either.right({
    line,
    process: Number(process),
    type: compared ? 'ok' : type === 'invoke' || type === 'ok' || type === 'fail' ? type : 'info',
    f,
    value,
    key: null,
    index: null,
    time: null,
    error: compared ? failedCas : type === 'ok' || type === 'invoke' ? null : plain(value)
  })
}

/** The etcd register log. To be judged as `casRegister()`. */
export const readPorcupineRegister = (text: string): either.Either<Problem, History<unknown, unknown>> =>
  either.chain((raw: ReadonlyArray<RawRecord | null>) =>
    interpret(
      registers,
      raw.flatMap((record) => record ?? [])
    )
  )(either.traverseReadonlyArrayWithIndex((index, line: string) => rawRecord(line, index + 1))(text.split(/\r?\n/)))

/** The key-value log. To be judged as `keyValue`. */
export const readPorcupineKeyValue = readJepsen
