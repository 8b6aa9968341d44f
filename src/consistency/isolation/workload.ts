/**
 * The transactions of a history as flat tables: keys and micro-operations are numbers, so that the analysis runs over
 * typed arrays.
 */
import { either } from 'fp-ts'
import { problem } from '../../model/problem.ts'
import type { Problem } from '../../model/problem.ts'
import { isList } from './transactions.ts'
import type { Key, MicroOperation, Reading, Transaction } from './transactions.ts'

/** Lists that are appended to, or registers that are overwritten. */
export type Kind = 'list-append' | 'rw-register'

export interface Workload {
  readonly kind: Kind
  readonly transactions: ReadonlyArray<Transaction>
  /** The keys by number, in the order of their first use. */
  readonly keys: ReadonlyArray<Key>
  /** The micro-operations of all transactions by number, transaction after transaction. */
  readonly operations: ReadonlyArray<MicroOperation>
  /** By transaction: the number of its first micro-operation; one entry more than there are transactions. */
  readonly first: Int32Array
  /** By micro-operation: its transaction. */
  readonly owner: Int32Array
  /** By micro-operation: the number of its key. */
  readonly key: Int32Array
  /** By key: the micro-operation that appends or writes a value, aborted ones included. */
  readonly writes: ReadonlyArray<ReadonlyMap<Reading, number>>
}

/** What the micro-operations say about the kind of workload: lists, registers, both (a mistake), or nothing. */
const kindOf = (transactions: ReadonlyArray<Transaction>): Kind | 'mixed' => {
  let lists = false
  let registers = false
  for (const { operations } of transactions)
    for (const [name, , value] of operations) {
      if (name === 'append' || isList(value)) lists = true
      else if (name === 'w' || value !== null) registers = true
    }
  if (lists && registers) return 'mixed'
  return registers ? 'rw-register' : 'list-append'
}

const recordOf = ({ invoked }: Transaction): string => `record ${invoked}`

/**
 * Numbers keys and micro-operations and finds the writer of every value.
 *
 * @returns Q651 where lists and registers are mixed, Q652 where a value is written twice to one key
 */
export const workload = (transactions: ReadonlyArray<Transaction>): either.Either<Problem, Workload> => {
  const kind = kindOf(transactions)
  if (kind === 'mixed')
    return either.left(problem('Q651', 'some micro-operations are about lists and some about registers'))
  const size = transactions.reduce((sum, { operations }) => sum + operations.length, 0)
  const first = new Int32Array(transactions.length + 1)
  const owner = new Int32Array(size)
  const key = new Int32Array(size)
  const operations: Array<MicroOperation> = []
  const keys: Array<Key> = []
  const numbers = new Map<Key, number>()
  const writes: Array<Map<Reading, number>> = []
  for (const [number, transaction] of transactions.entries()) {
    first[number] = operations.length
    for (const operation of transaction.operations) {
      const [name, named, value] = operation
      let at = numbers.get(named)
      if (at === undefined) {
        at = keys.push(named) - 1
        numbers.set(named, at)
        writes.push(new Map())
      }
      const id = operations.push(operation) - 1
      owner[id] = number
      key[id] = at
      if (name === 'r') continue
      const written = writes[at]!
      const other = written.get(value)
      if (other !== undefined) {
        const where = [recordOf(transactions[owner[other]!]!), recordOf(transaction)]
        return either.left(
          problem('Q652', `${JSON.stringify(value)} is written twice to ${JSON.stringify(named)}`, where)
        )
      }
      written.set(value, id)
    }
  }
  first[transactions.length] = operations.length
  return either.right({ kind, transactions, keys, operations, first, owner, key, writes })
}

/** What other transactions may see of a transaction, and what it saw of them. */
export interface Externals {
  /** By micro-operation: 1 for a write that its transaction does not overwrite. Only these make versions. */
  readonly final: Uint8Array
  /** By micro-operation: 1 for a read of a key that its transaction did not touch before. */
  readonly outside: Uint8Array
  /** By micro-operation: for a final write, the outside read of the same key in its transaction; -1 where there is none. */
  readonly readBefore: Int32Array
}

export const externals = ({ transactions, operations, keys, key, first }: Workload): Externals => {
  const final = new Uint8Array(operations.length)
  const outside = new Uint8Array(operations.length)
  const readBefore = new Int32Array(operations.length).fill(-1)
  // By key: the last transaction that touched or wrote it so far, and the outside read of that transaction.
  const touched = new Int32Array(keys.length).fill(-1)
  const written = new Int32Array(keys.length).fill(-1)
  const read = new Int32Array(keys.length).fill(-1)
  for (let number = 0; number < transactions.length; number += 1) {
    const [start, end] = [first[number]!, first[number + 1]!]
    for (let at = start; at < end; at += 1) {
      const which = key[at]!
      if (touched[which] === number) continue
      touched[which] = number
      const isRead = operations[at]![0] === 'r'
      read[which] = isRead ? at : -1
      if (isRead) outside[at] = 1
    }
    for (let at = end - 1; at >= start; at -= 1) {
      const which = key[at]!
      if (operations[at]![0] === 'r' || written[which] === number) continue
      written[which] = number
      final[at] = 1
      readBefore[at] = read[which]!
    }
  }
  return { final, outside, readBefore }
}
