/** Calls in few words, as they stand on a bar. */
import * as t from 'io-ts'
import { canonical } from '../../model/data.ts'
import type { Call, Process } from '../history.ts'

/** A value: bare where it is a plain word, else as JSON. */
export const valueLabel = (value: unknown): string =>
  typeof value === 'string' && /^[\w.:/-]+$/.test(value) ? value : JSON.stringify(value)

const isMicroOperation = (value: unknown): value is readonly [string, unknown, unknown] =>
  Array.isArray(value) && value.length === 3 && typeof value[0] === 'string'

const micro: Readonly<Record<string, string>> = { r: 'read', w: 'write' }

const listLabel = (value: unknown): string =>
  Array.isArray(value) ? `[${value.map(valueLabel).join(' ')}]` : value === null ? 'nil' : valueLabel(value)

/** `read x = [1 2], append y 3`; what was read is open until it is known. */
const transactionLabel = (operations: ReadonlyArray<unknown>, isKnown: boolean): string =>
  operations
    .map((operation) => {
      if (!isMicroOperation(operation)) return JSON.stringify(operation)
      const [name, key, value] = operation
      const asks = name === 'r'
      return `${micro[name] ?? name} ${valueLabel(key)} ${asks ? '= ' : ''}${asks && !isKnown ? '?' : listLabel(value)}`
    })
    .join(', ')

/** `write 3`, `cas 0 3`, `x: read`; anything else as JSON. Without the key, if it is this one. */
const operationLabel = (operation: unknown, known: unknown): string => {
  if (!t.UnknownRecord.is(operation)) return JSON.stringify(operation)
  const { type, operation: inner, key, ...others } = operation
  const isKnown = known !== null && key !== undefined && canonical(key) === canonical(known)
  const fields = key === undefined || isKnown ? others : { key, ...others }
  if (typeof type === 'string' && inner === undefined) return [type, ...Object.values(fields).map(valueLabel)].join(' ')
  if (type !== undefined || key === undefined || Object.keys(others).length > 0) return JSON.stringify(operation)
  return isKnown ? operationLabel(inner, null) : `${valueLabel(key)}: ${operationLabel(inner, null)}`
}

/** Operations for which null is an answer and not the absence of one. */
const asking = /^(.*: )?(read|get|dequeue|contains)\b/

/**
 * What was asked and answered: `write 3`, `read → 4`, `cas 0 3 → true`, `enqueue 1 failed`, `write 3 ?`.
 *
 * @param key a key that need not be said; null for none
 */
export const callLabel = ({ operation, completion }: Call<unknown, unknown>, key: unknown = null): string => {
  const isTransaction = Array.isArray(operation)
  if (isTransaction && completion?.type === 'ok' && Array.isArray(completion.response))
    return transactionLabel(completion.response, true)
  const asked = isTransaction ? transactionLabel(operation, false) : operationLabel(operation, key)
  if (completion === null || completion.type === 'info') return `${asked} ?`
  if (completion.type === 'fail') return `${asked} failed`
  return completion.response === null && !asking.test(asked) ? asked : `${asked} → ${valueLabel(completion.response)}`
}

/** `process 3`, `client-a`. */
export const processLabel = (process: Process): string =>
  typeof process === 'number' ? `process ${process}` : valueLabel(process)
