/**
 * Sequential specifications: what an object does when it is used by one client at a time.
 *
 * A judge asks whether the concurrent history of an object can be told as a sequential one that the specification
 * allows.
 */
import * as t from 'io-ts'
import { closed } from '../../spec/kernel/codecs.ts'
import { canonical } from '../model/data.ts'
import { entryAt, withEntry } from './entries.ts'
import type { Entries } from './entries.ts'

/** What one operation does: the next state, and the one response it may give or which responses it may give. */
export type Outcome<State, Response> =
  | { readonly state: State; readonly response: Response }
  | { readonly state: State; readonly accepts: (response: unknown) => boolean }

/**
 * A sequential object as a pure reducer. States, operations and responses are plain data.
 *
 * @example
 * const stack: Specification<Push | Pop, unknown, ReadonlyArray<unknown>> = {
 *   name: 'stack',
 *   operation: t.union([Push, Pop]),
 *   initial: [],
 *   apply: (state, operation) =>
 *     operation.type === 'push'
 *       ? { state: [...state, operation.value], response: null }
 *       : { state: state.slice(0, -1), response: state.at(-1) ?? null }
 * }
 */
export interface Specification<Operation, Response, State> {
  /** Kebab-case. */
  readonly name: string
  /** What does not decode never reaches `apply`. */
  readonly operation: t.Type<Operation, unknown>
  readonly initial: State
  /**
   * Total on what `operation` decodes. null where the operation cannot take place in this state, such as acquiring a
   * mutex that is held.
   */
  readonly apply: (state: State, operation: Operation) => Outcome<State, Response> | null
  /**
   * Operations with different keys neither see nor disturb each other, so each key is judged alone (locality,
   * [Herlihy90] theorem 1; [Horn15]). Leave it out where that does not hold.
   */
  readonly partition?: (operation: Operation) => unknown
  /**
   * Whether this operation, answered like this, leaves every state as it is: a read, or a compare-and-set that
   * answers false. Judges place such calls without trying alternatives. Leaving it out costs only time; a wrong
   * `true` is refused.
   */
  readonly readOnly?: (operation: Operation, response: unknown) => boolean
}

/** An operation on one of many objects of the same kind. */
export interface Keyed<Operation> {
  /** Plain data. */
  readonly key: unknown
  readonly operation: Operation
}

/** Many independent objects of one kind, told apart by key. */
export const keyed = <Operation, Response, State>(
  one: Specification<Operation, Response, State>
): Specification<Keyed<Operation>, Response, Entries<State>> => ({
  name: `keyed-${one.name}`,
  operation: closed('a keyed operation', { key: t.unknown, operation: one.operation }),
  initial: {},
  apply: (states, { key, operation }) => {
    const name = canonical(key)
    const outcome = one.apply(entryAt(states, name, one.initial), operation)
    return outcome === null ? null : { ...outcome, state: withEntry(states, name, outcome.state, one.initial) }
  },
  partition: ({ key }) => key,
  readOnly: ({ operation }, response) => one.readOnly?.(operation, response) ?? false
})
