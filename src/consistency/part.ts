/** A part of a history, its calls judged together: the search for its order, and what to say of the result. */
import type { Call, Process } from './history.ts'
import { explainOrder } from './order.ts'
import type { LegalOrder, OrderViolation, Precedence, Stuck } from './order.ts'
import type { Arrangement } from './search/arrangement.ts'
import { impossibleKinds } from './search/impossible.ts'
import { programOrder } from './search/program-order.ts'
import { realTime } from './search/real-time.ts'
import { searchFor } from './search/search.ts'
import type { Search } from './search/search.ts'
import { applied, isOptional, transitionsOf } from './search/transitions.ts'
import type { Transitions } from './search/transitions.ts'
import type { Specification } from './specification.ts'

/** A part on which so much was spent is looked at in another way: does it hold a call that is plainly impossible? */
const effortBeforeDoubt = 50_000

export interface Part<Operation> {
  /** null where the history is judged as a whole. */
  readonly key: unknown
  /** In the order of invocation; none that failed. */
  readonly calls: ReadonlyArray<Call<Operation, unknown>>
}

export type Outcome =
  | { readonly verdict: 'ok'; readonly order: LegalOrder }
  | { readonly verdict: 'violation'; readonly evidence: OrderViolation; readonly explanation: string }
  | { readonly verdict: 'undecided' }

/** A search that goes on where it stopped. */
export interface Task {
  readonly key: unknown
  /** Spends about so much effort, see Search. */
  readonly advance: (effort: number) => Outcome
  readonly effort: () => number
}

const byProcess = (calls: ReadonlyArray<Call<unknown, unknown>>): ReadonlyArray<ReadonlyArray<number>> => {
  const processes = new Map<Process, Array<number>>()
  for (const [number, { process }] of calls.entries()) {
    const own = processes.get(process)
    if (own === undefined) processes.set(process, [number])
    else own.push(number)
  }
  return [...processes.values()]
}

const arranged = (
  precedence: Precedence,
  calls: ReadonlyArray<Call<unknown, unknown>>,
  { kinds, kindCount }: Transitions<unknown>
): Arrangement => {
  if (precedence === 'program')
    return programOrder(byProcess(calls), new Set([...calls.keys()].filter((number) => isOptional(calls[number]!))))
  const intervals = calls.map((call) => ({
    from: call.invocation.index,
    to: isOptional(call) ? null : (call.completion?.index ?? null)
  }))
  return realTime(intervals, kinds, kindCount)
}

const stuckCalls = <Operation>(
  precedence: Precedence,
  calls: ReadonlyArray<Call<Operation, unknown>>,
  placed: ReadonlySet<number>
): ReadonlyArray<Call<Operation, unknown>> => {
  const missing = calls.filter((call, number) => !isOptional(call) && !placed.has(number))
  if (precedence === 'program')
    return missing.filter((call, i) => missing.findIndex(({ process }) => process === call.process) === i)
  // The first completion that the longest order does not pass: no other order passes it either, or it would be longer.
  return missing.toSorted((a, b) => (a.completion?.index ?? 0) - (b.completion?.index ?? 0)).slice(0, 1)
}

/** The search for a legal order of one part. */
export const taskOf = <Operation, Response, State>(
  specification: Specification<Operation, Response, State>,
  precedence: Precedence,
  { key, calls }: Part<Operation>
): Task => {
  const transitions = transitionsOf(specification, calls)
  const optional = Uint8Array.from(calls, (call) => (isOptional(call) ? 1 : 0))
  const search: Search = searchFor(arranged(precedence, calls, transitions), transitions, optional)

  const wantedOf = (state: State, call: Call<Operation, unknown>): Stuck['wanted'] => {
    const outcome = applied(specification, state, call.operation)
    if (outcome === null) return 'not allowed'
    return 'response' in outcome ? { response: outcome.response } : 'another response'
  }

  const violation = (doubtful: ReadonlyArray<Call<Operation, unknown>>): Outcome => {
    const furthest = search.furthest()
    const state = transitions.state(furthest.state)
    const stuck =
      doubtful.length > 0
        ? doubtful.map((call) => ({ call, wanted: 'never allowed' as const }))
        : stuckCalls(precedence, calls, new Set(furthest.order)).map((call) => ({
            call,
            wanted: wantedOf(state, call)
          }))
    const placed = furthest.order.map((number) => calls[number]!)
    const states = furthest.states.map(transitions.state)
    const evidence = { specification: specification.name, precedence, key, placed, state, states, stuck }
    return { verdict: 'violation', evidence, explanation: explainOrder(evidence) }
  }

  const impossibleCalls = (): ReadonlyArray<Call<Operation, unknown>> => {
    const kinds = impossibleKinds(transitions)
    return calls.filter((call, number) => !isOptional(call) && kinds.has(transitions.kinds[number]!))
  }

  const advance = (effort: number): Outcome => {
    const before = search.effort()
    const found = search.advance(effort)
    if (found === 'legal') {
      const order = search.order().map((number) => calls[number]!.invocation.index)
      return { verdict: 'ok', order: { key, order } }
    }
    if (found === 'illegal') return violation([])
    if (before > effortBeforeDoubt || search.effort() <= effortBeforeDoubt) return { verdict: 'undecided' }
    const doubtful = impossibleCalls()
    return doubtful.length > 0 ? violation(doubtful) : { verdict: 'undecided' }
  }
  return { key, advance, effort: search.effort }
}
