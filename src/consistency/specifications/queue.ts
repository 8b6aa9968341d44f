/** A first-in, first-out queue, the running example of [Herlihy90]. */
import * as t from 'io-ts'
import { match } from 'ts-pattern'
import { closed } from '../../../spec/kernel/codecs.ts'
import type { Specification } from '../specification.ts'

// null is the answer of an empty queue, so it cannot be an element.
const Element = t.refinement(t.unknown, (value) => value !== null, 'an element other than null')

export const QueueOperation = t.union(
  [
    closed('enqueue', { type: t.literal('enqueue'), value: Element }),
    closed('dequeue', { type: t.literal('dequeue') })
  ],
  'enqueue or dequeue'
)
export type QueueOperation = t.TypeOf<typeof QueueOperation>

/** `enqueue` answers null; `dequeue` answers the oldest element, or null where the queue is empty. */
export const queue: Specification<QueueOperation, unknown, ReadonlyArray<unknown>> = {
  name: 'queue',
  operation: QueueOperation,
  initial: [],
  apply: (state, operation) =>
    match(operation)
      .with({ type: 'enqueue' }, ({ value }) => ({ state: [...state, value], response: null }))
      .with({ type: 'dequeue' }, () => ({ state: state.slice(1), response: state[0] ?? null }))
      .exhaustive(),
  readOnly: ({ type }, response) => type === 'dequeue' && response === null
}
