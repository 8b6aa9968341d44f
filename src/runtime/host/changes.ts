/**
 * What a batch of steps changed in the durable part of a state: the least that a disk must be told.
 *
 * States are immutable and share what did not change, so a field that is the same object is unchanged, and of a log only
 * what is not shared is looked at. The cost is that of the change, never that of the state.
 */
import type * as t from 'io-ts'
import {
  appendAll,
  compact,
  emptyLog,
  firstDifference,
  firstIndex,
  isLog,
  lastIndex,
  slice,
  type Log
} from '../../../spec/kernel/index.ts'
import type { Change } from '../ports.ts'
import { encoderOf, fieldsOf, type Encode, type Fields } from './stored.ts'

const { max } = Math
const { keys, hasOwn } = Object

/** The entries of a log from an index on, encoded by the codec of the log: it alone knows that of the entries. */
const encodedFrom = (log: Log<unknown>, from: number, encode: (log: unknown) => unknown): ReadonlyArray<unknown> => {
  const added = slice(log, from)
  const part: Log<unknown> = appendAll<unknown>(compact<unknown>(emptyLog, from - 1), added)
  const { entries } = encode(part) as { readonly entries: ReadonlyArray<unknown> }
  return entries
}

const logChanges = (
  field: string,
  before: Log<unknown>,
  after: Log<unknown>,
  encode: (log: unknown) => unknown
): ReadonlyArray<Change> => {
  const first = firstIndex(after)
  // A log that has entries again before its beginning is another log.
  if (first < firstIndex(before)) return [{ type: 'set', field, value: encode(after) }]
  const compacted: ReadonlyArray<Change> = first > firstIndex(before) ? [{ type: 'compact', field, first }] : []
  const from = max(first, firstDifference(before, after))
  const isSame = from > lastIndex(before) && from > lastIndex(after)
  return isSame ? compacted : [...compacted, { type: 'append', field, from, entries: encodedFrom(after, from, encode) }]
}

const fieldChanges = (field: string, before: Fields, after: Fields, encode: Encode): ReadonlyArray<Change> => {
  const [old, value] = [before[field], after[field]]
  if (old === value) return []
  return isLog(old) && isLog(value)
    ? logChanges(field, old, value, (log) => encode(field, log))
    : [{ type: 'set', field, value: encode(field, value) }]
}

const nothing: ReadonlyArray<Change> = []

/**
 * The changes that make `after` of `before`, in order.
 *
 * @param before null where nothing is kept yet
 * @param codec of the durable part; each field is encoded by its own where the codec shows them
 */
export const changesBetween = (
  before: { readonly durable: unknown } | null,
  after: unknown,
  codec: t.Type<any, unknown>
): ReadonlyArray<Change> => {
  if (before !== null && before.durable === after) return nothing
  const was = before === null ? {} : fieldsOf(before.durable)
  const is = fieldsOf(after)
  const isEqual = (field: string) => hasOwn(was, field) && was[field] === is[field]
  const changed = keys(is).filter((field) => !isEqual(field))
  const gone = keys(was).filter((field) => !hasOwn(is, field))
  if (changed.length === 0 && gone.length === 0) return nothing
  const encode = encoderOf(codec, after)
  return [
    ...gone.map((field): Change => ({ type: 'unset', field })),
    ...changed.flatMap((field) => fieldChanges(field, was, is, encode))
  ]
}
