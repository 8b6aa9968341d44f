/** Says why, for a person. */
import { match } from 'ts-pattern'
import { describeProcess } from '../describe.ts'
import type { Anomaly, AnomalyName, Step } from './anomalies.ts'
import { isList } from './transactions.ts'
import type { Key, MicroOperation, Reading, Transaction, Value } from './transactions.ts'
import type { Workload } from './workload.ts'

/** How many elements of a list are shown, counted from its end: the end is where the versions differ. */
const shown = 12

/** A key or value: bare where it is a plain word or a number. */
export const showName = (name: Key | Value): string =>
  typeof name === 'number' || /^[\w.:/-]+$/.test(name) ? String(name) : JSON.stringify(name)

/** A list, a value, or the initial state. */
export const showReading = (reading: Reading): string => {
  if (reading === null) return 'nil'
  if (!isList(reading)) return showName(reading)
  const end = reading.slice(-shown).map(showName)
  return `[${[...(end.length < reading.length ? ['…'] : []), ...end].join(' ')}]`
}

const showOperation = ([name, key, value]: MicroOperation, known: boolean): string =>
  match(name)
    .with('append', () => `append ${showName(key)} ${showReading(value)}`)
    .with('w', () => `write ${showName(key)} ${showReading(value)}`)
    .with('r', () => `read ${showName(key)} = ${known ? showReading(value) : '?'}`)
    .exhaustive()

const showRecords = ({ invoked, completed }: Transaction): string =>
  completed === Infinity ? `record ${invoked}, pending` : `records ${invoked} and ${completed}`

/** One line about a transaction: what it did and was shown, who ran it, where it stands in the history, how it ended. */
export const showTransaction = (transaction: Transaction): string => {
  const { operations, process, status } = transaction
  const did = operations.map((operation) => showOperation(operation, status === 'ok')).join(', ')
  return `${did === '' ? 'nothing' : did} (${describeProcess(process)}, ${showRecords(transaction)}, ${status})`
}

/** The names of transactions in one explanation: T1, T2 … in the order given. */
export const nameIn =
  (numbers: ReadonlyArray<number>) =>
  (number: number): string =>
    `T${numbers.indexOf(number) + 1}`

const legend = ({ transactions }: Workload, numbers: ReadonlyArray<number>): ReadonlyArray<string> =>
  numbers.map((number, at) => `  T${at + 1} = ${showTransaction(transactions[number]!)}`)

/** An anomaly that needs no graph. */
export const directAnomaly = (
  load: Workload,
  name: AnomalyName,
  numbers: ReadonlyArray<number>,
  key: Key,
  because: (nameOf: (number: number) => string) => string
): Anomaly => {
  const distinct = [...new Set(numbers)]
  const says = [`${name}:`, ...legend(load, distinct), `  ${because(nameIn(distinct))}`].join('\n')
  return { name, transactions: distinct, key, steps: [], says }
}

/** A dependency that closes a cycle: two transactions, and the micro-operations that relate them (-1 for none). */
export interface Dependency {
  readonly from: number
  readonly to: number
  readonly kind: Step['kind']
  readonly cause: number
  readonly effect: number
}

const reason = (load: Workload, { from, to, kind, cause, effect }: Dependency, a: string, b: string): string => {
  const lists = load.kind === 'list-append'
  const [, , before] = load.operations[cause] ?? ['r', '', null]
  const [, named = '', after] = load.operations[effect] ?? ['r', '', null]
  const key = showName(named)
  const [was, is] = [showReading(before), showReading(after)]
  return match(kind)
    .with('ww', () =>
      lists
        ? `${a} appended ${was} to ${key}, and ${b}'s ${is} comes after it`
        : `${a} wrote ${key} = ${was}, and ${b} overwrote it with ${is}`
    )
    .with('wr', () =>
      lists ? `${b} read ${key} = ${is}, which ends in ${a}'s ${was}` : `${b} read ${key} = ${is}, which ${a} wrote`
    )
    .with('rw', () =>
      lists
        ? `${a} read ${key} = ${showReading(before ?? [])}, without the ${is} that ${b} appended`
        : `${a} read ${key} = ${was}, which ${b} overwrote with ${is}`
    )
    .with('process', () => `${describeProcess(load.transactions[from]!.process)} ran ${a} before ${b}`)
    .with('realtime', () => {
      const { completed } = load.transactions[from]!
      const { invoked } = load.transactions[to]!
      return `${a} was answered in record ${completed}, before ${b} was invoked in record ${invoked}`
    })
    .exhaustive()
}

/** A cycle of dependencies, each leading to the source of the next one and the last to the source of the first. */
export const cycleAnomaly = (load: Workload, name: AnomalyName, cycle: ReadonlyArray<Dependency>): Anomaly => {
  const numbers = cycle.map(({ from }) => from)
  const nameOf = nameIn(numbers)
  const steps = cycle.map((dependency): Step => {
    const { from, to, kind, effect } = dependency
    const operation = load.operations[effect]
    const process = kind === 'process' ? load.transactions[from]!.process : null
    const because = reason(load, dependency, nameOf(from), nameOf(to))
    return { from, to, kind, key: operation === undefined ? null : operation[1], process, because }
  })
  const lines = steps.map(({ from, to, because }, at) => {
    const claim = `${nameOf(from)} < ${nameOf(to)}, because ${because}`
    return at < steps.length - 1 ? `  ${claim};` : `  however, ${claim}: a contradiction`
  })
  return {
    name,
    transactions: numbers,
    key: null,
    steps,
    says: [`${name}:`, ...legend(load, numbers), ...lines].join('\n')
  }
}
