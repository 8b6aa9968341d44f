/** A counter. */
import * as t from 'io-ts'
import { match } from 'ts-pattern'
import { closed } from '../../../spec/kernel/codecs.ts'
import type { Specification } from '../specification.ts'

const Whole = t.refinement(t.number, Number.isSafeInteger, 'a whole number')

export const CounterOperation = t.union(
  [closed('add', { type: t.literal('add'), value: Whole }), closed('read', { type: t.literal('read') })],
  'add or read'
)
export type CounterOperation = t.TypeOf<typeof CounterOperation>

/** Starts at 0. `add` answers null and may add less than nothing; `read` answers the sum. */
export const counter: Specification<CounterOperation, number | null, number> = {
  name: 'counter',
  operation: CounterOperation,
  initial: 0,
  apply: (state, operation) =>
    match(operation)
      .with({ type: 'add' }, ({ value }) => ({ state: state + value, response: null }))
      .with({ type: 'read' }, () => ({ state, response: state }))
      .exhaustive(),
  readOnly: ({ type }) => type === 'read'
}
