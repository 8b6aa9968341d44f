/**
 * Histories as Jepsen and Knossos write them: EDN maps, one per record, bare or within one vector or list.
 *
 * `{:process 0, :type :ok, :f :read, :value 3, :index 7, :time 1000}`. Records of processes that are not numbers,
 * such as `:nemesis`, are left out: they are not calls. A `nil` that was read is the value null.
 */
import { either } from 'fp-ts'
import { canonical } from '../../model/data.ts'
import { problem } from '../../model/problem.ts'
import type { Problem } from '../../model/problem.ts'
import type { History, HistoryRecord, Process } from '../history.ts'
import { parseEdn, plain } from './edn.ts'
import type { Edn, EdnMap } from './edn.ts'

/** One record before it is known what its function means. */
export interface RawRecord {
  /** From 1. */
  readonly line: number
  readonly process: number
  readonly type: 'invoke' | 'ok' | 'fail' | 'info'
  /** The name of the function. */
  readonly f: string
  readonly value: Edn
  /** The `:key` field of Porcupine's key-value logs; null where there is none. */
  readonly key: Edn
  readonly index: number | null
  readonly time: number | null
  readonly error: unknown
}

/** What functions and values mean. A left says in words what is wrong. */
export interface Dialect<Operation, Response> {
  readonly operation: (record: RawRecord) => either.Either<string, Operation>
  /** What the completion of type `ok` answers; `asked` is the operation of its invocation. */
  readonly response: (record: RawRecord, asked: Operation) => either.Either<string, Response>
}

type Read<A> = either.Either<Problem, A>

const at = (line: number): ReadonlyArray<string> => [`line ${line}`]

const types = ['invoke', 'ok', 'fail', 'info'] as const

const field = ({ entries }: EdnMap, name: string): Edn | undefined =>
  entries.find(([key]) => typeof key === 'object' && key !== null && key.is === 'keyword' && key.name === name)?.[1]

const keywordName = (value: Edn | undefined): string | null =>
  typeof value === 'object' && value !== null && value.is === 'keyword' ? value.name : null

const wholeOrNull = (value: Edn | undefined): number | null =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : null

/** Null for a record that is not a client's. */
const rawRecord = (form: Edn): Read<RawRecord | null> => {
  if (typeof form !== 'object' || form === null || form.is !== 'map')
    return either.left(problem('Q605', `${canonical(plain(form))} is not a map`))
  const { line } = form
  const process = field(form, 'process')
  if (process === undefined) return either.left(problem('Q605', ':process is missing', at(line)))
  if (typeof process !== 'number') return either.right(null)
  if (!Number.isSafeInteger(process)) return either.left(problem('Q605', `process ${process} is not whole`, at(line)))
  const type = types.find((one) => one === keywordName(field(form, 'type')))
  if (type === undefined)
    return either.left(problem('Q605', ':type is not one of :invoke, :ok, :fail and :info', at(line)))
  return either.right({
    line,
    process,
    type,
    f: keywordName(field(form, 'f')) ?? '',
    value: field(form, 'value') ?? null,
    key: field(form, 'key') ?? null,
    index: wholeOrNull(field(form, 'index')),
    time: wholeOrNull(field(form, 'time')),
    error: plain(field(form, 'error') ?? null)
  })
}

/** Gives raw records their meaning. A record without an index of its own follows the one before it. */
export const interpret = <Operation, Response>(
  dialect: Dialect<Operation, Response>,
  raw: ReadonlyArray<RawRecord>
): Read<History<Operation, Response>> => {
  const asked = new Map<Process, { readonly f: string; readonly operation: Operation }>()
  const history: Array<HistoryRecord<Operation, Response>> = []
  for (const record of raw) {
    const { line, process, type, f, time } = record
    const common = { index: record.index ?? (history.at(-1)?.index ?? -1) + 1, process, time }
    const open = asked.get(process)
    if (type === 'invoke') {
      const operation = dialect.operation(record)
      if (either.isLeft(operation)) return either.left(problem('Q605', operation.left, at(line)))
      asked.set(process, { f, operation: operation.right })
      history.push({ type, ...common, operation: operation.right })
      continue
    }
    if (open === undefined)
      return either.left(problem('Q601', `process ${process} completes a call it has not made`, at(line)))
    if (open.f !== f)
      return either.left(problem('Q606', `process ${process} asked :${open.f} and completes :${f}`, at(line)))
    if (type !== 'ok') {
      history.push({ type, ...common, reason: record.error })
      continue
    }
    const response = dialect.response(record, open.operation)
    if (either.isLeft(response)) return either.left(problem('Q606', response.left, at(line)))
    history.push({ type, ...common, response: response.right })
  }
  return either.right(history)
}

/** Reads EDN text in some dialect. */
export const readEdnHistory =
  <Operation, Response>(dialect: Dialect<Operation, Response>) =>
  (text: string): Read<History<Operation, Response>> =>
    either.chain((forms: ReadonlyArray<Edn>) => {
      const [only] = forms
      const wrapped = forms.length === 1 && typeof only === 'object' && only !== null && only.is === 'list'
      return either.chain((raw: ReadonlyArray<RawRecord | null>) =>
        interpret(
          dialect,
          raw.flatMap((record) => record ?? [])
        )
      )(either.traverseReadonlyArrayWithIndex((_, form: Edn) => rawRecord(form))(wrapped ? only.items : forms))
    })(parseEdn(text))

const withValue = new Set(['write', 'enqueue', 'add', 'remove', 'contains'])
const withKey = new Set(['get', 'put', 'append'])
const answering = new Set(['read', 'get', 'dequeue', 'contains'])
const bare = new Set(['read', 'dequeue', 'acquire', 'release'])

const operationOf = (f: string, value: Edn, key: Edn): either.Either<string, unknown> => {
  if (bare.has(f)) return either.right({ type: f })
  if (withValue.has(f)) return either.right({ type: f, value: plain(value) })
  if (f === 'get') return either.right({ type: f, key: plain(key) })
  if (withKey.has(f)) return either.right({ type: f, key: plain(key), value: plain(value) })
  if (f !== 'cas') return either.right({ type: f, value: plain(value) })
  const pair = typeof value === 'object' && value !== null && value.is === 'list' ? value.items : []
  if (pair.length !== 2) return either.left(`${canonical(plain(value))} is not the pair [from to] of a :cas`)
  return either.right({ type: f, from: plain(pair[0]!), to: plain(pair[1]!) })
}

const responseOf = (f: string, value: Edn): unknown => {
  if (f === 'cas') return true
  if (bare.has(f) || withValue.has(f) || withKey.has(f)) return answering.has(f) ? plain(value) : null
  return plain(value)
}

/**
 * The functions that the specifications of this library have, in their shapes. A function that is not known becomes
 * `{ type, value }` with its value as response, for specifications of one's own.
 */
export const objects: Dialect<unknown, unknown> = {
  operation: ({ f, value, key }) => (f === '' ? either.left(':f is missing') : operationOf(f, value, key)),
  response: ({ f, value }) => either.right(responseOf(f, value))
}

const tuple = (value: Edn): either.Either<string, readonly [Edn, Edn]> =>
  typeof value === 'object' && value !== null && value.is === 'list' && value.items.length === 2
    ? either.right([value.items[0]!, value.items[1]!])
    : either.left(`${canonical(plain(value))} is not a tuple [key value]`)

/** The same for many objects: values are tuples `[key value]`, as `jepsen.independent` writes them. For `keyed`. */
export const keyedObjects: Dialect<{ readonly key: unknown; readonly operation: unknown }, unknown> = {
  operation: ({ f, value }) =>
    either.chain(([key, inner]: readonly [Edn, Edn]) =>
      either.map((operation) => ({ key: plain(key), operation }))(operationOf(f, inner, null))
    )(tuple(value)),
  response: ({ f, value }, asked) =>
    either.chain(([key, inner]: readonly [Edn, Edn]) =>
      canonical(plain(key)) === canonical(asked.key)
        ? either.right(responseOf(f, inner))
        : either.left(`key ${canonical(asked.key)} was asked and ${canonical(plain(key))} is answered`)
    )(tuple(value))
}

/** A history of registers, queues, sets, maps …: one object, or a map whose records have a `:key`. */
export const readJepsen = readEdnHistory(objects)

/** A history of many objects of one kind, told apart by the first half of their values. */
export const readKeyedJepsen = readEdnHistory(keyedObjects)
