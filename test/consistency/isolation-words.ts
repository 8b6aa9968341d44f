/**
 * Histories of transactions in few words: `ax1` appends 1 to x, `rx12` reads x as [1 2], `rx` as empty, `wx1` writes 1 to
 * the register x, `rx_` reads its initial state. A history that writes registers reads them, any other one reads lists.
 */
import { call, fail, historyOf, info, invoke, ok } from '../../src/consistency/builder.ts'
import type { Process } from '../../src/consistency/history.ts'
import type { MicroOperation, Operations, TransactionHistory } from '../../src/consistency/isolation/index.ts'

/** The transaction that these words mean. `lists` tells how reads of registers and lists differ. */
export const transaction = (words: string, lists: boolean): Operations =>
  words.split(' ').map((word): MicroOperation => {
    const key = word.charAt(1)
    const rest = [...word.slice(2)]
    if (word.startsWith('a')) return ['append', key, Number(rest[0])]
    if (word.startsWith('w')) return ['w', key, Number(rest[0])]
    return ['r', key, lists ? rest.map(Number) : rest[0] === '_' ? null : Number(rest[0])]
  })

export const asked = (operations: Operations): Operations =>
  operations.map(([name, key, value]) => (name === 'r' ? [name, key, null] : [name, key, value]) as MicroOperation)

/** A transaction of a process. `end`: how it ends. */
export interface Line {
  readonly process?: Process
  readonly words: string
  readonly end?: 'fail' | 'info'
}

const read = (line: string | Line): Line => (typeof line === 'string' ? { words: line } : line)

const completion = ({ end }: Line, process: Process, answer: Operations) =>
  end === 'fail' ? fail(process) : end === 'info' ? info(process) : ok(process, answer)

const isAboutLists = (lines: ReadonlyArray<string | Line>): boolean =>
  !lines.some((line) => /\bw/.test(read(line).words))

/** All are invoked before any completes, each by a process of its own: real time says nothing. */
export const concurrent = (...lines: ReadonlyArray<string | Line>): TransactionHistory => {
  const lists = isAboutLists(lines)
  const plans = lines.map((line) => transaction(read(line).words, lists))
  return historyOf(
    ...plans.map((plan, process) => invoke(process, asked(plan))),
    ...plans.map((plan, process) => completion(read(lines[process]!), process, plan))
  )
}

/** One after the other. */
export const sequential = (...lines: ReadonlyArray<Line>): TransactionHistory => {
  const lists = isAboutLists(lines)
  return historyOf(
    ...lines.flatMap(({ process = 0, words }) =>
      call(process, asked(transaction(words, lists)), transaction(words, lists))
    )
  )
}

/** The explained example of [Elle], as its authors publish it beside the checker. */
export const elleExample = (): TransactionHistory => {
  const append = (key: number, ...values: ReadonlyArray<number>): Operations =>
    values.map((value) => ['append', key, value])
  const transactions: ReadonlyArray<Operations> = [
    [...append(253, 1, 3, 4), ...append(255, 2, 3, 4, 5), ...append(256, 1, 2)],
    [...append(255, 8), ['r', 253, [1, 3, 4]]],
    [...append(256, 4), ['r', 255, [2, 3, 4, 5, 8]], ['r', 256, [1, 2, 4]], ['r', 253, [1, 3, 4]]],
    [...append(250, 10), ['r', 253, [1, 3, 4]], ['r', 255, [2, 3, 4, 5]], ...append(256, 3)]
  ]
  return historyOf(
    ...transactions.map((plan, process) => invoke(process, asked(plan))),
    ...transactions.map((plan, process) => ok(process, plan))
  )
}
