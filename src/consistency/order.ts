/** What linearizability and sequential consistency have in common: calls, their order, and the evidence against it. */
import { either } from 'fp-ts'
import { NotData, canonical } from '../model/data.ts'
import { Refusal, problem } from '../model/problem.ts'
import type { Problem } from '../model/problem.ts'
import { describeCall } from './describe.ts'
import { calls } from './history.ts'
import type { Call, History } from './history.ts'
import { applied } from './search/transitions.ts'
import type { Furthest } from './search/search.ts'
import type { Specification } from './specification.ts'

/** How much a judge may do. */
export interface Budget {
  /** Configurations to visit in all, >= 1. Each costs about a microsecond, and up to about 50 bytes where it is new. */
  readonly visits: number
}

export const defaultBudget: Budget = { visits: 5_000_000 }

/** A legal sequential order of the calls of one part: each by the index of its invocation. */
export interface LegalOrder {
  /** The key of the part; null where the history is judged as a whole. */
  readonly key: unknown
  readonly order: ReadonlyArray<number>
}

/** A call that cannot be placed. */
export interface Stuck {
  readonly call: Call<unknown, unknown>
  /** What the specification does with it after `placed`: the one response it would give, or that it cannot take place. */
  readonly wanted: { readonly response: unknown } | 'another response' | 'not allowed'
}

/** Why there is no legal order. */
export interface OrderViolation {
  readonly specification: string
  /** Real-time order is asked for in linearizability, program order in sequential consistency. */
  readonly order: 'real-time' | 'program'
  /** The key of the part that is wrong; null where the history is judged as a whole. */
  readonly key: unknown
  /** The longest beginning that could be ordered: legal, and in an order that is allowed. */
  readonly placed: ReadonlyArray<Call<unknown, unknown>>
  /** The state after it. */
  readonly state: unknown
  /** What the state could be where the search came as far in other ways; at most 16, `state` included. */
  readonly states: ReadonlyArray<unknown>
  /**
   * Real time: the one call whose completion no order passes; the history before that record is still linearizable, as
   * long as calls that failed later are left out. Program order: the next call of each process after `placed`.
   */
  readonly stuck: ReadonlyArray<Stuck>
}

const aligned = <Operation, Response, State>(
  specification: Specification<Operation, Response, State>,
  call: Call<unknown, unknown>
): either.Either<Problem, Call<Operation, Response>> =>
  specification.operation.is(call.operation)
    ? either.right(call as Call<Operation, Response>)
    : either.left(
        problem('Q607', `${specification.name} has no operation ${canonical(call.operation)}`, [
          `record ${call.invocation.index}`
        ])
      )

/** The calls that took effect or may have, in the order of invocation. What failed is as if it had never been. */
export const effectiveCalls = <Operation, Response, State>(
  specification: Specification<Operation, Response, State>,
  history: History<unknown, unknown>
): either.Either<Problem, ReadonlyArray<Call<Operation, Response>>> =>
  either.chain((all: ReadonlyArray<Call<unknown, unknown>>) =>
    either.traverseReadonlyArrayWithIndex((_, call: Call<unknown, unknown>) => aligned(specification, call))(
      all.filter(({ completion }) => completion?.type !== 'fail')
    )
  )(calls(history))

/** Runs a judge: what is not plain data, and a specification that throws, come back as problems. */
export const guarded = <A>(judge: () => either.Either<Problem, A>): either.Either<Problem, A> => {
  try {
    return judge()
  } catch (thrown) {
    if (thrown instanceof Refusal) return either.left(thrown.problem)
    if (thrown instanceof NotData) return either.left(problem('Q605', thrown.message))
    throw thrown
  }
}

const stuckAt = <Operation, Response, State>(
  specification: Specification<Operation, Response, State>,
  state: State,
  call: Call<Operation, Response>
): Stuck => {
  const outcome = applied(specification, state, call.operation)
  if (outcome === null) return { call, wanted: 'not allowed' }
  return { call, wanted: 'response' in outcome ? { response: outcome.response } : 'another response' }
}

/** The evidence, from where a search got furthest. */
export const violationAt = <Operation, Response, State>(
  specification: Specification<Operation, Response, State>,
  order: OrderViolation['order'],
  key: unknown,
  part: ReadonlyArray<Call<Operation, Response>>,
  furthest: Furthest,
  state: (id: number) => unknown,
  stuck: ReadonlyArray<Call<Operation, Response>>
): OrderViolation => ({
  specification: specification.name,
  order,
  key,
  placed: furthest.order.flatMap((number) => part[number] ?? []),
  state: state(furthest.state),
  states: furthest.states.map(state),
  stuck: stuck.map((call) => stuckAt(specification, state(furthest.state) as State, call))
})

/** How many of the placed calls an explanation shows. */
const shownCalls = 12

const describeStuck = ({ call, wanted }: Stuck): string => {
  if (wanted === 'not allowed') return `${describeCall(call)}: cannot take place in this state`
  if (wanted === 'another response') return `${describeCall(call)}: wrong in this state`
  return `${describeCall(call)}: the answer here is ${JSON.stringify(wanted.response)}`
}

/** The evidence in words. */
export const explainOrder = ({ specification, order, key, placed, state, states, stuck }: OrderViolation): string => {
  const others = states.filter((other) => canonical(other) !== canonical(state))
  const hidden = placed.length - shownCalls
  return [
    `not ${order === 'real-time' ? 'linearizable' : 'sequentially consistent'} as ${specification}${key === null ? '' : ` at key ${JSON.stringify(key)}`}`,
    placed.length === 0 ? 'no call can come first' : `the longest legal order has ${placed.length} calls:`,
    ...(hidden > 0 ? [`  ... ${hidden} calls before`] : []),
    ...placed.slice(-shownCalls).map((call) => `  ${describeCall(call)}`),
    `it leaves the state ${JSON.stringify(state)}${others.length === 0 ? '' : `; other orders leave ${others.map((other) => JSON.stringify(other)).join(', ')}`}`,
    order === 'real-time' ? 'the call that no order can place:' : 'the calls that could come next:',
    ...stuck.map((one) => `  ${describeStuck(one)}`)
  ].join('\n')
}
