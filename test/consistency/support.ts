/** What the tests of the judges of order share: operations in short, and judges that answer with a word. */
import { either } from 'fp-ts'
import { call } from '../../src/consistency/builder.ts'
import type { History } from '../../src/consistency/history.ts'
import { linearizable } from '../../src/consistency/linearizable.ts'
import { sequentiallyConsistent } from '../../src/consistency/sequential.ts'
import type { Specification } from '../../src/consistency/specification.ts'
import type { Judge } from '../../src/consistency/verdict.ts'

export const read = { type: 'read' } as const
export const write = (value: unknown) => ({ type: 'write', value }) as const
export const cas = (from: unknown, to: unknown) => ({ type: 'cas', from, to }) as const
export const enqueue = (value: string) => ({ type: 'enqueue', value }) as const
export const dequeue = { type: 'dequeue' } as const
export const at = <Operation>(key: string, operation: Operation) => ({ key, operation })

export type AnyHistory = History<unknown, unknown>
export type AnySpecification = Specification<any, any, any>

export const linear = (specification: AnySpecification, history: AnyHistory) => {
  const judged = linearizable(specification).judge(history)
  return either.isRight(judged) ? judged.right.verdict : judged.left.code
}
export const sequential = (specification: AnySpecification, history: AnyHistory) => {
  const judged = sequentiallyConsistent(specification).judge(history)
  return either.isRight(judged) ? judged.right.verdict : judged.left.code
}

export const w = (process: string, key: string, value: unknown) =>
  call(process, { key, operation: { type: 'write', value } }, null)
export const r = (process: string, key: string, value: unknown) =>
  call(process, { key, operation: { type: 'read' } }, value)

export const verdict = (judge: Judge<unknown, unknown>, history: AnyHistory) => {
  const judged = judge.judge(history)
  return either.isRight(judged) ? judged.right.verdict : judged.left.code
}
