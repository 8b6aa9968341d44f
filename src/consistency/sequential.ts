/**
 * Sequential consistency ([Lamport79]): some order of all calls is legal and keeps the order of each process.
 *
 * Real time does not matter, so a read may answer what was overwritten long ago. Objects that are sequentially consistent
 * one by one need not be so together ([Herlihy90] §3.3), so a history is never split by key.
 */
import { either } from 'fp-ts'
import type { Call, Process } from './history.ts'
import { defaultBudget, effectiveCalls, explainOrder, guarded, violationAt } from './order.ts'
import type { Budget, LegalOrder, OrderViolation } from './order.ts'
import { programOrder } from './search/program-order.ts'
import { searchFor } from './search/search.ts'
import { isOptional, transitionsOf } from './search/transitions.ts'
import type { Specification } from './specification.ts'
import type { Judge, Verdict } from './verdict.ts'

const byProcess = (calls: ReadonlyArray<Call<unknown, unknown>>): ReadonlyArray<ReadonlyArray<number>> => {
  const processes = new Map<Process, Array<number>>()
  for (const [number, { process }] of calls.entries()) {
    const own = processes.get(process)
    if (own === undefined) processes.set(process, [number])
    else own.push(number)
  }
  return [...processes.values()]
}

const judgeCalls = <Operation, Response, State>(
  specification: Specification<Operation, Response, State>,
  calls: ReadonlyArray<Call<Operation, Response>>,
  { visits }: Budget
): Verdict<OrderViolation, LegalOrder> => {
  const transitions = transitionsOf(specification, calls)
  const processes = byProcess(calls)
  const optional = new Set([...calls.keys()].filter((number) => isOptional(calls[number] as Call<unknown, unknown>)))
  const search = searchFor(
    programOrder(processes, optional),
    transitions,
    Uint8Array.from(calls, (_, number) => (optional.has(number) ? 1 : 0))
  )
  const outcome = search.advance(visits)
  if (outcome === 'running') return { verdict: 'unknown', why: `the budget of ${visits} visits is spent` }
  if (outcome === 'legal') {
    const order = search.order().map((number) => calls[number]?.invocation.index ?? 0)
    return { verdict: 'ok', witness: { key: null, order } }
  }
  const furthest = search.furthest()
  const placed = new Set(furthest.order)
  const stuck = processes.flatMap((own) => {
    const number = own.find((candidate) => !placed.has(candidate))
    return number === undefined || optional.has(number) ? [] : [calls[number] as Call<Operation, Response>]
  })
  const evidence = violationAt(specification, 'program', null, calls, furthest, transitions.state, stuck)
  return { verdict: 'violation', evidence }
}

/** The judge of sequential consistency by a sequential specification. Problems as for {@link linearizable}. */
export const sequentiallyConsistent = <Operation, Response, State>(
  specification: Specification<Operation, Response, State>,
  budget: Budget = defaultBudget
): Judge<OrderViolation, LegalOrder> => ({
  name: `sequential:${specification.name}`,
  judge: (history) =>
    guarded(() =>
      either.map((calls: ReadonlyArray<Call<Operation, Response>>) => judgeCalls(specification, calls, budget))(
        effectiveCalls(specification, history)
      )
    ),
  explain: explainOrder
})
