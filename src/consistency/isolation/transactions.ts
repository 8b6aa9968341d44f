/**
 * Transactions: what each one asked for and was shown, read from a history whose operations and responses are lists of
 * micro-operations.
 *
 * Two workloads are understood, after [Elle]: lists that are appended to, and registers that are overwritten. In both,
 * every write of a key writes a value that no other transaction writes to it, so that a value read names its writer.
 */
import { either } from 'fp-ts'
import { problem } from '../../model/problem.ts'
import type { Problem } from '../../model/problem.ts'
import { calls } from '../history.ts'
import type { Call, History, Process } from '../history.ts'

const { isArray } = Array
const { isFinite } = Number

/** The name of an object. A number and a string are never the same key. */
export type Key = number | string

/** What is appended or written. A number and a string are never the same value. */
export type Value = number | string

/**
 * One step of a transaction. A read that is asked carries null. A read that was answered carries what it saw: a list (null
 * is the empty one) where the workload appends, else a value (null is the initial state).
 */
export type MicroOperation =
  | readonly ['append', Key, Value]
  | readonly ['w', Key, Value]
  | readonly ['r', Key, ReadonlyArray<Value> | Value | null]

export type Operations = ReadonlyArray<MicroOperation>

/** What a micro-operation read or wrote. */
export type Reading = MicroOperation[2]

/** Whether a reading is that of a list. */
export const isList = (reading: Reading): reading is ReadonlyArray<Value> => isArray(reading)

/** The elements of a list that was read; none where it was read as null. */
export const elementsOf = (reading: Reading): ReadonlyArray<Value> => (isList(reading) ? reading : [])

/** A history of transactions: each asks with its reads left open and is answered with its reads filled in. */
export type TransactionHistory = History<Operations, Operations>

/** One transaction. */
export interface Transaction {
  readonly process: Process
  /** `ok` = committed, `fail` = certainly aborted, `info` = nobody knows. */
  readonly status: 'ok' | 'fail' | 'info'
  /** As answered where `ok`, else as asked: then its reads are unknown. */
  readonly operations: Operations
  /** The index of the record that asked. */
  readonly invoked: number
  /** The index of the record that answered; Infinity while it is pending. */
  readonly completed: number
}

/** Whether this can be a key or a value. */
export const isName = (value: unknown): value is Key =>
  typeof value === 'string' || (typeof value === 'number' && isFinite(value))

const isReading = (value: unknown): boolean =>
  value === null || isName(value) || (isArray(value) && value.every(isName))

const flaw = (operation: unknown): string | null => {
  if (!isArray(operation) || operation.length !== 3) return 'is not a triple of function, key and value'
  const [name, key, value]: ReadonlyArray<unknown> = operation
  if (name !== 'r' && name !== 'w' && name !== 'append') return `does neither read (r), write (w) nor append`
  if (!isName(key)) return 'has a key that is neither a string nor a finite number'
  if (name === 'r') return isReading(value) ? null : 'reads what is neither a value, nor a list of values, nor null'
  return isName(value) ? null : 'writes what is neither a string nor a finite number'
}

const decode = (operations: unknown, index: number): either.Either<Problem, Operations> => {
  const where = [`record ${index}`]
  if (!isArray(operations)) return either.left(problem('Q650', 'it is not a list of micro-operations', where))
  for (const [at, operation] of operations.entries()) {
    const wrong = flaw(operation)
    if (wrong !== null) return either.left(problem('Q650', `micro-operation ${at} ${wrong}`, where))
  }
  return either.right(operations as Operations)
}

/** Whether the answer is to what was asked: the same micro-operations, with only the reads filled in. */
const answers = (asked: Operations, answered: Operations): boolean =>
  asked.length === answered.length &&
  asked.every(([name, key, value], at) => {
    const answer = answered[at]!
    return answer[0] === name && answer[1] === key && (name === 'r' || answer[2] === value)
  })

const transactionOf = ({
  process,
  operation,
  invocation,
  completion
}: Call<unknown, unknown>): either.Either<Problem, Transaction> => {
  const asked = decode(operation, invocation.index)
  if (either.isLeft(asked)) return asked
  const invoked = invocation.index
  if (completion === null || completion.type !== 'ok') {
    const status = completion?.type === 'fail' ? 'fail' : 'info'
    return either.right({ process, status, operations: asked.right, invoked, completed: completion?.index ?? Infinity })
  }
  const { index } = completion
  const answered = decode(completion.response, index)
  if (either.isLeft(answered)) return answered
  return answers(asked.right, answered.right)
    ? either.right({ process, status: 'ok', operations: answered.right, invoked, completed: index })
    : either.left(problem('Q606', `the answer is not to what record ${invoked} asked`, [`record ${index}`]))
}

/**
 * The transactions of a history, in the order of invocation.
 *
 * @returns Q601 to Q603 where the records do not pair up, Q650 for what is not a list of micro-operations, Q606 for an
 *   answer to something else than what was asked; the first one found
 */
export const transactions = (
  history: History<unknown, unknown>
): either.Either<Problem, ReadonlyArray<Transaction>> => {
  const paired = calls(history)
  if (either.isLeft(paired)) return paired
  const found: Array<Transaction> = []
  for (const call of paired.right) {
    const transaction = transactionOf(call)
    if (either.isLeft(transaction)) return transaction
    found.push(transaction.right)
  }
  return either.right(found)
}
