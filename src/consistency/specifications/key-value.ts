/** A key-value map of strings with append, as in the key-value logs of [Porcupine]. */
import * as t from 'io-ts'
import { match } from 'ts-pattern'
import { closed } from '../../../spec/kernel/codecs.ts'
import { entryAt, withEntry } from '../entries.ts'
import type { Entries } from '../entries.ts'
import type { Specification } from '../specification.ts'

export const KeyValueOperation = t.union(
  [
    closed('get', { type: t.literal('get'), key: t.string }),
    closed('put', { type: t.literal('put'), key: t.string, value: t.string }),
    closed('append', { type: t.literal('append'), key: t.string, value: t.string })
  ],
  'get, put or append'
)
export type KeyValueOperation = t.TypeOf<typeof KeyValueOperation>

/** `get` answers the string at the key, '' where there is none; `put` and `append` answer null. */
export const keyValue: Specification<KeyValueOperation, string | null, Entries<string>> = {
  name: 'key-value',
  operation: KeyValueOperation,
  initial: {},
  apply: (state, operation) => {
    const held = entryAt(state, operation.key, '')
    const holding = (value: string) => ({ state: withEntry(state, operation.key, value, ''), response: null })
    return match(operation)
      .with({ type: 'get' }, () => ({ state, response: held }))
      .with({ type: 'put' }, ({ value }) => holding(value))
      .with({ type: 'append' }, ({ value }) => holding(held + value))
      .exhaustive()
  },
  partition: ({ key }) => key,
  readOnly: ({ type }) => type === 'get'
}
