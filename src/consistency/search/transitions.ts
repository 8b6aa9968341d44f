/**
 * A specification as a table: states and kinds of calls are small numbers, and every step of the reducer is computed
 * once.
 *
 * Part of the sealed search, see search.ts. Calls with equal operations and equal responses are of one kind. A call
 * that may or may not have happened has no response, and any response will do.
 */
import { canonical } from '../../model/data.ts'
import { refuse } from '../../model/problem.ts'
import type { Call } from '../history.ts'
import type { Specification } from '../specification.ts'

/** What `next` answers where the specification does not allow the call in that state. */
export const refused = -1

export interface Transitions<State> {
  /** By call: its kind. */
  readonly kinds: Int32Array
  readonly kindCount: number
  /** By kind: 1 where it leaves every state that allows it as it is. */
  readonly readOnly: Uint8Array
  /** The state after a call of this kind, or {@link refused}. State 0 is the initial one. */
  readonly next: (state: number, kind: number) => number
  /** The state that a number stands for. */
  readonly state: (id: number) => State
}

/** Whether nobody knows if the call took effect. */
export const isOptional = ({ completion }: Call<unknown, unknown>): boolean =>
  completion === null || completion.type === 'info'

const answerOf = ({ completion }: Call<unknown, unknown>): string | null =>
  completion?.type === 'ok' ? canonical(completion.response) : null

export const transitionsOf = <Operation, Response, State>(
  specification: Specification<Operation, Response, State>,
  calls: ReadonlyArray<Call<Operation, unknown>>
): Transitions<State> => {
  const kindOf = new Map<string, number>()
  const examples: Array<{ readonly call: Call<Operation, unknown>; readonly answer: string | null }> = []
  const kinds = Int32Array.from(calls, (call) => {
    const answer = answerOf(call)
    // Canonical text has no line breaks, so the two halves cannot run into each other.
    const text = `${canonical(call.operation)}\n${answer ?? '?'}`
    const known = kindOf.get(text)
    if (known !== undefined) return known
    kindOf.set(text, examples.length)
    return examples.push({ call, answer }) - 1
  })
  const kindCount = examples.length
  const readOnly = Uint8Array.from(examples, ({ call: { operation, completion } }) =>
    completion?.type === 'ok' && specification.readOnly?.(operation, completion.response) === true ? 1 : 0
  )

  const states: Array<State> = [specification.initial]
  const stateOf = new Map([[canonical(specification.initial), 0]])
  const intern = (state: State): number => {
    const text = canonical(state)
    const known = stateOf.get(text)
    if (known !== undefined) return known
    stateOf.set(text, states.length)
    return states.push(state) - 1
  }

  const compute = (state: number, kind: number): number => {
    const { call, answer } = examples[kind]!
    const outcome = applied(specification, states[state]!, call.operation)
    if (outcome === null) return refused
    const allowed =
      answer === null ||
      ('accepts' in outcome
        ? call.completion?.type === 'ok' && outcome.accepts(call.completion.response)
        : canonical(outcome.response) === answer)
    if (!allowed) return refused
    const after = intern(outcome.state)
    if (readOnly[kind] === 1 && after !== state)
      refuse('Q608', `${specification.name} calls ${canonical(call.operation)} read-only, and it changes the state`)
    return after
  }

  const computed = new Map<number, number>()
  const next = (state: number, kind: number): number => {
    const key = state * kindCount + kind
    const known = computed.get(key)
    if (known !== undefined) return known
    const found = compute(state, kind)
    computed.set(key, found)
    return found
  }
  return { kinds, kindCount, readOnly, next, state: (id) => states[id]! }
}

/**
 * One step of the reducer. A specification that throws is the user's to mend, so it leaves as a refusal, not as a
 * crash.
 */
export const applied = <Operation, Response, State>(
  specification: Specification<Operation, Response, State>,
  state: State,
  operation: Operation
): ReturnType<Specification<Operation, Response, State>['apply']> => {
  try {
    return specification.apply(state, operation)
  } catch (thrown) {
    const what = `${specification.name} threw for ${canonical(operation)}: ${thrown instanceof Error ? thrown.message : String(thrown)}`
    return refuse('Q608', what)
  }
}
