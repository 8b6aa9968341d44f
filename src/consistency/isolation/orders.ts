/** The orders that are not in the data: that of each process, and real time. */
import { connect, PROCESS, REALTIME } from './graph/edges.ts'
import type { Edges } from './graph/edges.ts'
import type { Process } from '../history.ts'
import type { Transaction } from './transactions.ts'

const { POSITIVE_INFINITY } = Number

/**
 * Adds an edge from each transaction of a process to the next one. Aborted ones are passed over; one that may have
 * happened can only be the last.
 */
export const connectProcesses = (list: Edges, transactions: ReadonlyArray<Transaction>): void => {
  const last = new Map<Process, number>()
  transactions.forEach(({ process, status }, number) => {
    if (status === 'fail') return
    const before = last.get(process)
    if (before !== undefined) connect(list, PROCESS, before, number)
    last.set(process, number)
  })
}

/**
 * Walks through the invocations of all transactions that were not aborted and the completions of the committed ones, in
 * the order of the records.
 */
export const sweep = (
  transactions: ReadonlyArray<Transaction>,
  invoked: (number: number) => void,
  completed: (number: number) => void
): void => {
  const answered: Array<number> = []
  transactions.forEach(({ status }, number) => {
    if (status === 'ok') answered.push(number)
  })
  const completion = (number: number): number => transactions[number]!.completed
  answered.sort((a, b) => completion(a) - completion(b))
  let next = 0
  const completeUntil = (index: number): void => {
    while (next < answered.length && completion(answered[next]!) < index) {
      completed(answered[next]!)
      next += 1
    }
  }
  transactions.forEach((transaction, number) => {
    completeUntil(transaction.invoked)
    if (transaction.status !== 'fail') invoked(number)
  })
  completeUntil(POSITIVE_INFINITY)
}

/**
 * A buffer of what completed lately and was followed by nothing that completed. Only from these need an edge lead to
 * what is invoked now: everything older precedes one of them. [Elle], real-time order by transitive reduction.
 */
export const afterCompletion = <A>(
  buffer: Array<{ readonly completed: number; readonly item: A }>,
  { invoked, completed }: Transaction,
  item: A
): void => {
  let kept = 0
  for (const entry of buffer) {
    if (entry.completed < invoked) continue
    buffer[kept] = entry
    kept += 1
  }
  buffer.length = kept
  buffer.push({ completed, item })
}

/** Adds an edge from each committed transaction to those invoked after its completion, without those that follow. */
export const connectRealTime = (list: Edges, transactions: ReadonlyArray<Transaction>): void => {
  const latest: Array<{ readonly completed: number; readonly item: number }> = []
  sweep(
    transactions,
    (number) => {
      for (const { item } of latest) connect(list, REALTIME, item, number)
    },
    (number) => afterCompletion(latest, transactions[number]!, number)
  )
}
