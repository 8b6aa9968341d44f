/** Analyses a history of transactions: which anomalies it shows, and which levels of isolation they rule out. */
import { either } from 'fp-ts'
import { problem } from '../../model/problem.ts'
import type { Problem } from '../../model/problem.ts'
import type { History } from '../history.ts'
import { findings, report } from './anomalies.ts'
import type { Anomaly, AnomalyName, CycleAnomaly, Findings } from './anomalies.ts'
import { findCycles, suffixesFor } from './cycles.ts'
import { cycleAnomaly } from './explain.ts'
import { edges } from './graph/edges.ts'
import type { Edges } from './graph/edges.ts'
import { boundary, impossible, levels } from './levels.ts'
import type { Boundary, Order } from './levels.ts'
import { listDependencies } from './list-dependencies.ts'
import { listAnomalies, lists } from './lists.ts'
import { lostUpdates } from './lost-updates.ts'
import { connectProcesses, connectRealTime } from './orders.ts'
import { registerDependencies } from './register-dependencies.ts'
import { registerVersions } from './register-versions.ts'
import { registerAnomalies } from './registers.ts'
import { transactions } from './transactions.ts'
import type { Transaction } from './transactions.ts'
import { withinTransaction } from './within.ts'
import { externals, workload } from './workload.ts'
import type { Kind, Workload } from './workload.ts'

export interface IsolationOptions {
  /** Assume that each register by itself is sequentially consistent. False unless said otherwise; lists need no such help. */
  readonly sequentialKeys?: boolean
  /** Assume that each register by itself is linearizable. False unless said otherwise. */
  readonly linearizableKeys?: boolean
  /** How many anomalies of each name are kept with their explanation. >= 1; 8 unless said otherwise. All are counted but cycles. */
  readonly examples?: number
  /** How many edges the search for one kind of cycle in one component may look at. >= 0; 2,000,000,000 unless said otherwise. */
  readonly budget?: number
}

/** All that was found out about a history. */
export interface Analysis extends Boundary {
  readonly kind: Kind
  /** Which orders besides the data were looked at. */
  readonly order: Order
  /** In the order of invocation; anomalies name them by their number. */
  readonly transactions: ReadonlyArray<Transaction>
  /** Those that rule out the weakest levels first. */
  readonly anomalies: ReadonlyArray<Anomaly>
  /** How often each direct anomaly was seen, and how many cycles of each kind were kept. */
  readonly counts: ReadonlyMap<AnomalyName, number>
  /** Kinds of cycles for which the budget was spent before an answer. */
  readonly undecided: ReadonlyArray<CycleAnomaly>
  /** How many keys have versions whose order could not be told from the history. */
  readonly undeterminedKeys: number
}

const { isSafeInteger } = Number

const defaults = { sequentialKeys: false, linearizableKeys: false, examples: 8, budget: 2_000_000_000 }

/** Adds the dependencies in the data and reports what is wrong without a cycle. Returns the number of undetermined keys. */
const readData = (load: Workload, found: Findings, list: Edges, options: typeof defaults): number => {
  const external = externals(load)
  load.transactions.forEach(({ status }, number) => {
    if (status === 'ok') withinTransaction(load, found, number)
  })
  if (load.kind === 'list-append') {
    const traced = lists(load)
    listAnomalies(load, external, traced, found)
    lostUpdates(load, external, traced.compatible, found)
    return listDependencies(load, traced, list)
  }
  registerAnomalies(load, external, found)
  lostUpdates(load, external, external.outside, found)
  return registerDependencies(load, external, registerVersions(load, external, options, found), list)
}

/** Where the weakest level that an anomaly rules out stands among the levels. */
const gravity = ({ name }: Anomaly): number => levels.indexOf(impossible([name])[0]!)

/**
 * Finds the anomalies of a history.
 *
 * @param order which orders besides the data may close a cycle: none, that of each process, or also real time
 * @returns Q601 to Q603, Q606 and Q650 to Q652 for a history that is none of transactions over lists or registers,
 *   Q104 for an option out of range
 */
export const analyse = (
  history: History<unknown, unknown>,
  order: Order = 'realtime',
  options: IsolationOptions = {}
): either.Either<Problem, Analysis> => {
  const chosen = { ...defaults, ...options }
  // Without an example kept, a violation could not be told from its absence.
  if (!isSafeInteger(chosen.examples) || chosen.examples < 1)
    return either.left(problem('Q104', `examples is ${chosen.examples}: a whole number >= 1 is needed`))
  if (!(chosen.budget >= 0)) return either.left(problem('Q104', `budget is ${chosen.budget}: a number >= 0 is needed`))
  const read = either.chain(workload)(transactions(history))
  if (either.isLeft(read)) return read
  const load = read.right
  const found = findings(chosen.examples)
  const list = edges(load.transactions.length)
  const undeterminedKeys = readData(load, found, list, chosen)
  if (order !== 'data') connectProcesses(list, load.transactions)
  if (order === 'realtime') connectRealTime(list, load.transactions)
  const { cycles, undecided } = findCycles(list, suffixesFor(order), chosen.examples, chosen.budget)
  for (const { name, cycle } of cycles) report(found, name, () => cycleAnomaly(load, name, cycle))
  return either.right({
    kind: load.kind,
    order,
    transactions: load.transactions,
    anomalies: [...found.examples.values()].flat().toSorted((a, b) => gravity(a) - gravity(b)),
    counts: found.counts,
    undecided,
    undeterminedKeys,
    ...boundary(found.counts.keys())
  })
}
