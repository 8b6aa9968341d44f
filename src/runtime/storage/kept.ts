/**
 * What a storage keeps, in memory: the meaning of a change, which every implementation shares. Logs are persistent, so
 * a copy of the map is a snapshot that commits leave alone, and the entries are those of the host, not copies.
 */
import {
  appendAll,
  compact,
  emptyLog,
  entries,
  firstIndex,
  isLog,
  lastIndex,
  truncate
} from '../../../spec/kernel/index.ts'
import type { Log } from '../../../spec/kernel/index.ts'
import type { Change, Stored } from '../ports.ts'

const { isArray } = Array
const { isSafeInteger } = Number
const { fromEntries, keys } = Object

/** By field: a log, or the value of a field that is none. */
export type Kept = Map<string, unknown>

interface WrittenLog {
  readonly first: number
  readonly entries: ReadonlyArray<unknown>
}

/** Whether a value is a log as the kernel's codec writes it: one that is set as a whole can be appended to later. */
const isWrittenLog = (value: unknown): value is WrittenLog =>
  typeof value === 'object' &&
  value !== null &&
  'first' in value &&
  'entries' in value &&
  keys(value).length === 2 &&
  isSafeInteger(value.first) &&
  (value.first as number) >= 1 &&
  isArray(value.entries)

const logIn = (kept: Kept, field: string): Log<unknown> => {
  if (!kept.has(field)) return emptyLog
  const found = kept.get(field)
  if (!isLog(found)) throw new Error(`the field ${field} is not a log`)
  return found
}

/** Carries out one change. Throws on one that makes no sense: that is a bug of who made it. */
export const applyChange = (kept: Kept, change: Change): void => {
  const { field } = change
  switch (change.type) {
    case 'set': {
      const { value } = change
      if (value === undefined) throw new Error(`the field ${field} is set to undefined`)
      kept.set(field, isWrittenLog(value) ? appendAll(compact(emptyLog, value.first - 1), value.entries) : value)
      return
    }
    case 'unset':
      kept.delete(field)
      return
    case 'append': {
      const log = logIn(kept, field)
      const { from } = change
      if (!isSafeInteger(from) || from < firstIndex(log) || from > lastIndex(log) + 1) {
        throw new Error(
          `the log ${field} has ${firstIndex(log)} to ${lastIndex(log)}, and is appended to from ${from} on`
        )
      }
      kept.set(field, appendAll(truncate(log, from - 1), change.entries))
      return
    }
    case 'compact': {
      if (!isSafeInteger(change.first) || change.first < 1)
        throw new Error(`the log ${field} cannot begin at ${change.first}`)
      kept.set(field, compact(logIn(kept, field), change.first - 1))
    }
  }
}

/** As {@link Storage.open} gives it. */
export const storedOf = (kept: Kept): Stored =>
  fromEntries(
    [...kept].map(([field, value]) => [
      field,
      isLog(value) ? { first: firstIndex(value), entries: entries(value) } : value
    ])
  )
