/** Calls and records in words. */
import * as t from 'io-ts'
import type { Call, Process } from './history.ts'

/** A process by name: numbers as they are, strings in quotes, so that 1 and "1" differ. */
export const describeProcess = (process: Process): string => `process ${JSON.stringify(process)}`

/** `write value=3`, `cas from=0 to=3`, `key="x" read`; anything else as JSON. */
export const describeOperation = (operation: unknown): string => {
  if (!t.UnknownRecord.is(operation)) return JSON.stringify(operation)
  const { type, operation: inner, ...fields } = operation
  const named = Object.entries(fields).map(([field, value]) => `${field}=${JSON.stringify(value)}`)
  if (typeof type === 'string' && inner === undefined) return [type, ...named].join(' ')
  if (type === undefined && t.UnknownRecord.is(inner)) return [...named, describeOperation(inner)].join(' ')
  return JSON.stringify(operation)
}

/** `process 3: read -> 4 (records 12 to 17)`. */
export const describeCall = ({ process, operation, invocation, completion }: Call<unknown, unknown>): string => {
  const asked = `${describeProcess(process)}: ${describeOperation(operation)}`
  if (completion?.type === 'ok')
    return `${asked} -> ${JSON.stringify(completion.response)} (records ${invocation.index} to ${completion.index})`
  if (completion?.type === 'fail') return `${asked}, failed (records ${invocation.index} to ${completion.index})`
  return `${asked}, outcome unknown (record ${invocation.index})`
}
