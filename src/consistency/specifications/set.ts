/** A set of plain data. */
import * as t from 'io-ts'
import { match } from 'ts-pattern'
import { closed } from '../../../spec/kernel/codecs.ts'
import { canonical } from '../../model/data.ts'
import { including, excluding } from '../../../spec/kernel/sets.ts'
import type { Specification } from '../specification.ts'

export const SetOperation = t.union(
  [
    closed('add', { type: t.literal('add'), value: t.unknown }),
    closed('remove', { type: t.literal('remove'), value: t.unknown }),
    closed('contains', { type: t.literal('contains'), value: t.unknown }),
    closed('read', { type: t.literal('read') })
  ],
  'add, remove, contains or read'
)
export type SetOperation = t.TypeOf<typeof SetOperation>

const holdsExactly =
  (elements: ReadonlyArray<string>) =>
  (response: unknown): boolean =>
    Array.isArray(response) && canonical(response.map(canonical).toSorted()) === canonical(elements)

/**
 * `add` and `remove` answer null, `contains` answers whether the value is in, `read` answers all elements in any order,
 * each once. The state holds the canonical texts of the elements, sorted.
 */
export const set: Specification<SetOperation, unknown, ReadonlyArray<string>> = {
  name: 'set',
  operation: SetOperation,
  initial: [],
  apply: (state, operation) =>
    match(operation)
      .with({ type: 'add' }, ({ value }) => ({ state: including(state, canonical(value)), response: null }))
      .with({ type: 'remove' }, ({ value }) => ({ state: excluding(state, canonical(value)), response: null }))
      .with({ type: 'contains' }, ({ value }) => ({ state, response: state.includes(canonical(value)) }))
      .with({ type: 'read' }, () => ({ state, accepts: holdsExactly(state) }))
      .exhaustive(),
  readOnly: ({ type }) => type === 'contains' || type === 'read'
}
