/**
 * Sequential consistency ([Lamport79]): some order of all calls is legal and keeps the order of each process.
 *
 * Real time does not matter, so a read may answer what was overwritten long ago. Objects that are sequentially
 * consistent one by one need not be so together ([Herlihy90]), so a history is never split by key.
 */
import { defaultBudget } from './order.ts'
import type { Budget, LegalOrder, OrderViolation } from './order.ts'
import { judgeOrder } from './order-judge.ts'
import type { Specification } from './specification.ts'
import type { Judge } from './verdict.ts'

/** The judge of sequential consistency by a sequential specification. Witness and problems as for `linearizable`. */
export const sequentiallyConsistent = <Operation, Response, State>(
  specification: Specification<Operation, Response, State>,
  budget: Budget = defaultBudget
): Judge<OrderViolation, ReadonlyArray<LegalOrder>> => ({
  name: `sequential:${specification.name}`,
  judge: (history) => judgeOrder(specification, 'program', budget, history)
})
