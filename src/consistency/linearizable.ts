/**
 * Linearizability ([Herlihy90]): every call seems to take effect at one moment between its invocation and its
 * completion.
 *
 * A call that ended in `info`, or not at all, may take effect at any moment after its invocation or never.
 */
import { defaultBudget } from './order.ts'
import type { Budget, LegalOrder, OrderViolation } from './order.ts'
import { judgeOrder } from './order-judge.ts'
import type { Specification } from './specification.ts'
import type { Judge } from './verdict.ts'

/**
 * The judge of linearizability by a sequential specification. The witness is one legal order per key.
 *
 * Problems: Q601 to Q603 for records that do not pair up, Q605 for what is not plain data, Q607 for an operation that
 * the specification does not have, Q608 where the specification itself is wrong.
 *
 * @example linearizable(register()).judge(historyOf(call('A', { type: 'write', value: 1 }, null)))
 */
export const linearizable = <Operation, Response, State>(
  specification: Specification<Operation, Response, State>,
  budget: Budget = defaultBudget
): Judge<OrderViolation, ReadonlyArray<LegalOrder>> => ({
  name: `linearizable:${specification.name}`,
  judge: (history) => judgeOrder(specification, 'real-time', budget, history)
})
