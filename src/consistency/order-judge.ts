/** The judge of legal orders: reads the calls of a history, splits them into parts, and searches the parts in turn. */
import { either } from 'fp-ts'
import { canonical } from '../model/data.ts'
import { problem } from '../model/problem.ts'
import type { Problem } from '../model/problem.ts'
import { guarded } from './guarded.ts'
import { calls } from './history.ts'
import type { Call, History } from './history.ts'
import type { Budget, LegalOrder, OrderViolation, Precedence } from './order.ts'
import { taskOf } from './part.ts'
import type { Part, Task } from './part.ts'
import type { Specification } from './specification.ts'
import type { Judged, Verdict } from './verdict.ts'

type OrderVerdict = Verdict<OrderViolation, ReadonlyArray<LegalOrder>>

/** What every part may spend in the first round; twice as much in each round after it. */
const firstSlice = 1000

const fitting = <Operation, Response, State>(
  specification: Specification<Operation, Response, State>,
  call: Call<unknown, unknown>
): either.Either<Problem, Call<Operation, unknown>> => {
  const { operation, invocation } = call
  if (specification.operation.is(operation))
    return either.right({ ...call, operation, invocation: { ...invocation, operation } })
  const what = `${specification.name} has no operation ${canonical(operation)}`
  return either.left(problem('Q607', what, [`record ${invocation.index}`]))
}

/** The calls that took effect or may have, in the order of invocation. What failed is as if it had never been. */
const effectiveCalls = <Operation, Response, State>(
  specification: Specification<Operation, Response, State>,
  history: History<unknown, unknown>
): either.Either<Problem, ReadonlyArray<Call<Operation, unknown>>> =>
  either.chain((all: ReadonlyArray<Call<unknown, unknown>>) =>
    either.traverseReadonlyArrayWithIndex((_, call: Call<unknown, unknown>) => fitting(specification, call))(
      all.filter(({ completion }) => completion?.type !== 'fail')
    )
  )(calls(history))

const partsOf = <Operation, Response, State>(
  { partition }: Specification<Operation, Response, State>,
  all: ReadonlyArray<Call<Operation, unknown>>
): ReadonlyArray<Part<Operation>> => {
  if (partition === undefined) return [{ key: null, calls: all }]
  const parts = new Map<string, { readonly key: unknown; readonly calls: Array<Call<Operation, unknown>> }>()
  for (const call of all) {
    const key = partition(call.operation)
    const name = canonical(key)
    const part = parts.get(name)
    if (part === undefined) parts.set(name, { key, calls: [call] })
    else part.calls.push(call)
  }
  return [...parts.values()]
}

/** Advances all parts in turn, so that a part that is legal and hard cannot hide one that is illegal and easy. */
const judgeParts = (tasks: ReadonlyArray<Task>, { visits }: Budget): OrderVerdict => {
  const orders = new Map<Task, LegalOrder>()
  let running = tasks
  let left = visits
  for (let slice = firstSlice; running.length > 0 && left > 0; slice *= 2) {
    const undecided: Array<Task> = []
    for (const task of running) {
      const before = task.effort()
      const outcome = task.advance(Math.min(slice, left))
      left -= task.effort() - before
      if (outcome.verdict === 'violation') return outcome
      if (outcome.verdict === 'ok') orders.set(task, outcome.order)
      else undecided.push(task)
    }
    running = undecided
  }
  const [first] = running
  if (first === undefined) return { verdict: 'ok', witness: tasks.flatMap((task) => orders.get(task) ?? []) }
  const parts = `${running.length} of ${tasks.length} keys are undecided, the first is ${canonical(first.key)}`
  return { verdict: 'unknown', why: `${visits} visits are spent${first.key === null ? '' : `, ${parts}`}` }
}

/** Real time: each key by itself, where the specification allows that. */
const judgeRealTime = <Operation, Response, State>(
  specification: Specification<Operation, Response, State>,
  budget: Budget,
  all: ReadonlyArray<Call<Operation, unknown>>
): OrderVerdict =>
  judgeParts(
    partsOf(specification, all).map((part) => taskOf(specification, 'real-time', part)),
    budget
  )

/**
 * Program order: the history as a whole. An order that keeps real time keeps the order of each process too, it is far
 * easier to find, and most histories have one: so it is tried first, for a tenth of the budget.
 */
const judgeProgram = <Operation, Response, State>(
  specification: Specification<Operation, Response, State>,
  { visits }: Budget,
  all: ReadonlyArray<Call<Operation, unknown>>
): OrderVerdict => {
  const whole = { key: null, calls: all }
  const first = judgeParts([taskOf(specification, 'real-time', whole)], { visits: Math.ceil(visits / 10) })
  return first.verdict === 'ok' ? first : judgeParts([taskOf(specification, 'program', whole)], { visits })
}

/** Whether some order of the calls is legal and keeps the precedence. */
export const judgeOrder = <Operation, Response, State>(
  specification: Specification<Operation, Response, State>,
  precedence: Precedence,
  budget: Budget,
  history: History<unknown, unknown>
): Judged<OrderViolation, ReadonlyArray<LegalOrder>> => {
  const judge = precedence === 'real-time' ? judgeRealTime : judgeProgram
  return guarded(() =>
    either.map((all: ReadonlyArray<Call<Operation, unknown>>) => judge(specification, budget, all))(
      effectiveCalls(specification, history)
    )
  )
}
