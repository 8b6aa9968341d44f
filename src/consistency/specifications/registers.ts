/** Registers: one value, with or without compare-and-set, and many read and written by transactions. */
import * as t from 'io-ts'
import { match } from 'ts-pattern'
import { closed } from '../../../spec/kernel/codecs.ts'
import { canonical } from '../../model/data.ts'
import { entryAt, withEntry } from '../entries.ts'
import type { Entries } from '../entries.ts'
import type { Specification } from '../specification.ts'

const Read = closed('read', { type: t.literal('read') })
const Write = closed('write', { type: t.literal('write'), value: t.unknown })
const CompareAndSet = closed('cas', { type: t.literal('cas'), from: t.unknown, to: t.unknown })

export const RegisterOperation = t.union([Read, Write], 'read or write')
export type RegisterOperation = t.TypeOf<typeof RegisterOperation>

export const CasRegisterOperation = t.union([Read, Write, CompareAndSet], 'read, write or cas')
export type CasRegisterOperation = t.TypeOf<typeof CasRegisterOperation>

/** `read` answers the value, `write` answers null. */
export const register = (initial: unknown = null): Specification<RegisterOperation, unknown, unknown> => ({
  name: 'register',
  operation: RegisterOperation,
  initial,
  apply: (state, operation) =>
    match(operation)
      .with({ type: 'read' }, () => ({ state, response: state }))
      .with({ type: 'write' }, ({ value }) => ({ state: value, response: null }))
      .exhaustive(),
  readOnly: ({ type }) => type === 'read'
})

/** A register with `cas`, which answers true if it found `from` and wrote `to`, and else false. */
export const casRegister = (initial: unknown = null): Specification<CasRegisterOperation, unknown, unknown> => ({
  name: 'cas-register',
  operation: CasRegisterOperation,
  initial,
  apply: (state, operation) =>
    match(operation)
      .with({ type: 'read' }, () => ({ state, response: state }))
      .with({ type: 'write' }, ({ value }) => ({ state: value, response: null }))
      .with({ type: 'cas' }, ({ from, to }) =>
        canonical(from) === canonical(state) ? { state: to, response: true } : { state, response: false }
      )
      .exhaustive(),
  readOnly: ({ type }, response) => type === 'read' || (type === 'cas' && response === false)
})

/**
 * `['r', key, value]` or `['w', key, value]`: the value of an `r` is null when asked, and what was read when
 * answered.
 */
export type RegisterStep = readonly ['r' | 'w', unknown, unknown]

const RegisterStep = t.readonly(t.tuple([t.keyof({ r: null, w: null }), t.unknown, t.unknown]), '[r | w, key, value]')

/**
 * Registers by key, read and written by transactions, each of which takes effect as a whole. Linearizable by this
 * specification is what databases call strict serializability. The response is the transaction with its reads filled
 * in.
 *
 * @param initial by key, the key as canonical text: `{ '"x"': 0 }`; a key that is not there holds `absent`
 */
export const multiRegister = (
  initial: Entries<unknown> = {},
  absent: unknown = null
): Specification<ReadonlyArray<RegisterStep>, ReadonlyArray<RegisterStep>, Entries<unknown>> => ({
  name: 'multi-register',
  operation: t.readonlyArray(RegisterStep, 'a list of [r | w, key, value]'),
  initial,
  apply: (before, transaction) =>
    transaction.reduce<{ readonly state: Entries<unknown>; readonly response: ReadonlyArray<RegisterStep> }>(
      ({ state, response }, [kind, key, value]) => {
        const name = canonical(key)
        return kind === 'w'
          ? { state: withEntry(state, name, value, absent), response: [...response, [kind, key, value]] }
          : { state, response: [...response, [kind, key, entryAt(state, name, absent)]] }
      },
      { state: before, response: [] }
    ),
  readOnly: (transaction) => transaction.every(([kind]) => kind === 'r')
})
