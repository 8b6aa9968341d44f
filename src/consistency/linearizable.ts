/**
 * Linearizability ([Herlihy90]): every call seems to take effect at one moment between its invocation and its completion.
 *
 * A call that ended in `info`, or not at all, may take effect at any moment after its invocation or never.
 */
import { either } from 'fp-ts'
import { canonical } from '../model/data.ts'
import type { Call } from './history.ts'
import { defaultBudget, effectiveCalls, explainOrder, guarded, violationAt } from './order.ts'
import type { Budget, LegalOrder, OrderViolation } from './order.ts'
import { realTime } from './search/real-time.ts'
import { searchFor } from './search/search.ts'
import type { Search } from './search/search.ts'
import { isOptional, transitionsOf } from './search/transitions.ts'
import type { Specification } from './specification.ts'
import type { Judge, Verdict } from './verdict.ts'

/** Configurations that every part may visit in the first round; twice as many in each round after it. */
const firstSlice = 1000

type LinearVerdict = Verdict<OrderViolation, ReadonlyArray<LegalOrder>>

/** The calls that are judged together. */
interface Part<Operation, Response> {
  readonly key: unknown
  readonly calls: ReadonlyArray<Call<Operation, Response>>
}

/** One part's search, with what it takes to say what came of it. */
interface Task {
  readonly key: unknown
  readonly search: Search
  readonly order: () => LegalOrder
  readonly violation: () => OrderViolation
}

const partsOf = <Operation, Response, State>(
  { partition }: Specification<Operation, Response, State>,
  calls: ReadonlyArray<Call<Operation, Response>>
): ReadonlyArray<Part<Operation, Response>> => {
  if (partition === undefined) return [{ key: null, calls }]
  const parts = new Map<string, { readonly key: unknown; readonly calls: Array<Call<Operation, Response>> }>()
  for (const call of calls) {
    const key = partition(call.operation)
    const name = canonical(key)
    const part = parts.get(name)
    if (part === undefined) parts.set(name, { key, calls: [call] })
    else part.calls.push(call)
  }
  return [...parts.values()]
}

const taskOf = <Operation, Response, State>(
  specification: Specification<Operation, Response, State>,
  { key, calls }: Part<Operation, Response>
): Task => {
  const transitions = transitionsOf(specification, calls)
  const intervals = calls.map((call) => ({
    from: call.invocation.index,
    to: isOptional(call) ? null : (call.completion?.index ?? null)
  }))
  const arrangement = realTime(intervals, transitions.kinds, transitions.kindCount)
  const search = searchFor(
    arrangement,
    transitions,
    Uint8Array.from(calls, (call) => (isOptional(call) ? 1 : 0))
  )
  const inOrderOfCompletion = () =>
    calls
      .filter((call) => !isOptional(call))
      .toSorted((a, b) => (a.completion?.index ?? 0) - (b.completion?.index ?? 0))
  return {
    key,
    search,
    order: () => ({ key, order: search.order().map((number) => calls[number]?.invocation.index ?? 0) }),
    violation: () => {
      const furthest = search.furthest()
      // Every order that the search found ends before the completion of this call: it is the first that none can pass.
      const stuck = inOrderOfCompletion().slice(furthest.progress, furthest.progress + 1)
      return violationAt(specification, 'real-time', key, calls, furthest, transitions.state, stuck)
    }
  }
}

/**
 * Advances all parts in turn, a slice each, so that a part that is legal and hard cannot hide one that is illegal and easy.
 */
const judgeTasks = (tasks: ReadonlyArray<Task>, { visits }: Budget): LinearVerdict => {
  const orders = new Map<Task, LegalOrder>()
  let running = tasks
  let left = visits
  for (let slice = firstSlice; running.length > 0 && left > 0; slice *= 2) {
    const undecided: Array<Task> = []
    for (const task of running) {
      const before = task.search.visits()
      const outcome = task.search.advance(Math.min(slice, left))
      left -= task.search.visits() - before
      if (outcome === 'illegal') return { verdict: 'violation', evidence: task.violation() }
      if (outcome === 'legal') orders.set(task, task.order())
      else undecided.push(task)
    }
    running = undecided
  }
  const [first] = running
  if (first === undefined) return { verdict: 'ok', witness: tasks.flatMap((task) => orders.get(task) ?? []) }
  const parts =
    first.key === null ? '' : `, ${running.length} of ${tasks.length} keys undecided, the first ${canonical(first.key)}`
  return { verdict: 'unknown', why: `the budget of ${visits} visits is spent${parts}` }
}

/**
 * The judge of linearizability by a sequential specification.
 *
 * The witness is one legal order per key. Problems: Q601 to Q603 for records that do not pair up, Q605 for what is not plain data, Q607 for an
 * operation that the specification does not have, Q608 where the specification throws.
 *
 * @example linearizable(register()).judge(historyOf(call('A', { type: 'write', value: 1 }, null)))
 */
export const linearizable = <Operation, Response, State>(
  specification: Specification<Operation, Response, State>,
  budget: Budget = defaultBudget
): Judge<OrderViolation, ReadonlyArray<LegalOrder>> => ({
  name: `linearizable:${specification.name}`,
  judge: (history) =>
    guarded(() =>
      either.map((calls: ReadonlyArray<Call<Operation, Response>>) =>
        judgeTasks(
          partsOf(specification, calls).map((part) => taskOf(specification, part)),
          budget
        )
      )(effectiveCalls(specification, history))
    ),
  explain: explainOrder
})
