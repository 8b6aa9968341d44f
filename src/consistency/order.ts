/**
 * Legal orders of calls, and the evidence that there is none: what linearizability and sequential consistency share.
 */
import { canonical } from '../model/data.ts'
import { describeCall } from './describe.ts'
import type { Call } from './history.ts'

/** How much a judge may do. */
export interface Budget {
  /** Configurations to visit in all, >= 1. A million take about a second, and up to about 50 MB. */
  readonly visits: number
}

export const defaultBudget: Budget = { visits: 5_000_000 }

/**
 * What an order has to keep: linearizability asks for real time, sequential consistency for the order of each
 * process.
 */
export type Precedence = 'real-time' | 'program'

/** A legal sequential order of the calls of one part: each by the index of its invocation. */
export interface LegalOrder {
  /** The key of the part; null where the history is judged as a whole. */
  readonly key: unknown
  readonly order: ReadonlyArray<number>
}

/** A call that cannot be placed. */
export interface Stuck {
  readonly call: Call<unknown, unknown>
  /** What the specification does with it after `placed`: the one response it would give, or one of these. */
  readonly wanted:
    | { readonly response: unknown }
    | 'another response'
    /** It cannot take place in this state. */
    | 'not allowed'
    /** No state that any sequence of these calls reaches allows it. */
    | 'never allowed'
}

/** Why there is no legal order. */
export interface OrderViolation {
  readonly specification: string
  readonly precedence: Precedence
  /** The key of the part that is wrong; null where the history is judged as a whole. */
  readonly key: unknown
  /** The longest beginning that could be ordered: legal, and in an order that is allowed. */
  readonly placed: ReadonlyArray<Call<unknown, unknown>>
  /** The state after it. */
  readonly state: unknown
  /** What the state could be where the search came as far in other ways; at most 16, `state` included. */
  readonly states: ReadonlyArray<unknown>
  /**
   * Calls that are never allowed, if that was what decided. Else, for real time: the one call whose completion no order
   * passes; the history before that record is still linearizable, as long as calls that failed later are left out. For
   * program order: the next call of each process after `placed`.
   */
  readonly stuck: ReadonlyArray<Stuck>
}

/** How many of the placed calls an explanation shows. */
const shownCalls = 12

const describeStuck = ({ call, wanted }: Stuck): string => {
  if (wanted === 'not allowed') return `${describeCall(call)}: cannot take place in this state`
  if (wanted === 'never allowed') return `${describeCall(call)}: no state that these calls can reach allows it`
  if (wanted === 'another response') return `${describeCall(call)}: wrong in this state`
  return `${describeCall(call)}: the answer here is ${JSON.stringify(wanted.response)}`
}

/** The evidence in words. */
export const explainOrder = ({ specification, precedence, key, ...violation }: OrderViolation): string => {
  const { placed, state, states, stuck } = violation
  const property = precedence === 'real-time' ? 'linearizable' : 'sequentially consistent'
  const others = states.filter((other) => canonical(other) !== canonical(state)).map((other) => JSON.stringify(other))
  const hopeless = precedence === 'real-time' || stuck.some(({ wanted }) => wanted === 'never allowed')
  const hidden = placed.length - shownCalls
  return [
    `not ${property} as ${specification}${key === null ? '' : ` at key ${JSON.stringify(key)}`}`,
    placed.length === 0
      ? 'no call can come first'
      : `the longest legal order has ${placed.length} call${placed.length === 1 ? '' : 's'}:`,
    ...(hidden > 0 ? [`  ... ${hidden} calls before`] : []),
    ...placed.slice(-shownCalls).map((call) => `  ${describeCall(call)}`),
    `it leaves the state ${JSON.stringify(state)}${others.length === 0 ? '' : `; other orders leave ${others.join(', ')}`}`,
    hopeless ? 'what no order can place:' : 'what could come next:',
    ...stuck.map((one) => `  ${describeStuck(one)}`)
  ].join('\n')
}
