/** Judges a history of transactions against a level of isolation. */
import { either } from 'fp-ts'
import type { Problem } from '../../model/problem.ts'
import { findings, report } from './anomalies.ts'
import type { Anomaly, AnomalyName, CycleAnomaly, Findings } from './anomalies.ts'
import { findCycles, suffixesFor } from './cycles.ts'
import { cycleAnomaly } from './explain.ts'
import { edges } from './graph/edges.ts'
import type { Edges } from './graph/edges.ts'
import { boundary, impossible, levelNamed, levels, orderOf } from './levels.ts'
import type { Boundary, Level } from './levels.ts'
import { listDependencies } from './list-dependencies.ts'
import { listAnomalies, lists } from './lists.ts'
import { lostUpdates } from './lost-updates.ts'
import { connectProcesses, connectRealTime } from './orders.ts'
import { registerDependencies } from './register-dependencies.ts'
import { registerVersions } from './register-versions.ts'
import { registerAnomalies } from './registers.ts'
import { transactions } from './transactions.ts'
import type { Transaction, TransactionHistory } from './transactions.ts'
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
  /** How many edges the search for one kind of cycle in one component may look at. 2,000,000,000 unless said otherwise. */
  readonly budget?: number
}

/** All that was found out about a history. */
export interface Analysis extends Boundary {
  readonly kind: Kind
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

/** What a level is said about a history. */
export type IsolationVerdict =
  | {
      /** No anomaly that the level forbids was found. README.md says when that is a proof. */
      readonly verdict: 'ok'
      readonly undeterminedKeys: number
      /** What was found and is allowed at this level. */
      readonly allowed: ReadonlyArray<Anomaly>
    }
  | (Boundary & {
      readonly verdict: 'violation'
      /** What the level forbids, the worst first. */
      readonly anomalies: ReadonlyArray<Anomaly>
      /** For a person, in several lines. */
      readonly explanation: string
    })
  | { readonly verdict: 'unknown'; readonly reason: string }

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

/**
 * Finds the anomalies of a history.
 *
 * @param order which orders besides the data may close a cycle: none, that of each process, or also real time
 * @returns Q601 to Q603, Q606 and Q650 to Q652 for a history that is none of transactions over lists or registers
 */
export const analyse = (
  history: TransactionHistory,
  order: 'data' | 'process' | 'realtime' = 'realtime',
  options: IsolationOptions = {}
): either.Either<Problem, Analysis> => {
  const chosen = { ...defaults, ...options }
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
    transactions: load.transactions,
    anomalies: [...found.examples.values()].flat().toSorted((a, b) => gravity(a) - gravity(b)),
    counts: found.counts,
    undecided,
    undeterminedKeys,
    ...boundary(found.counts.keys())
  })
}

/** Where the weakest level that an anomaly rules out stands among the levels. */
const gravity = ({ name }: Anomaly): number => levels.indexOf(impossible([name])[0] as Level)

const explanation = (level: Level, { not }: Boundary, anomalies: ReadonlyArray<Anomaly>): string =>
  [
    `The history is not ${level}.`,
    `What was found rules out ${not.join(', ')} and every level that implies ${not.length === 1 ? 'it' : 'one of them'}.`,
    ...anomalies.map(({ says }) => says)
  ].join('\n\n')

/** The verdict of an analysis on a level, whose order it must have covered. */
export const verdictOn = (analysis: Analysis, level: Level): IsolationVerdict => {
  const { anomalies, undecided, undeterminedKeys } = analysis
  const forbids = (name: AnomalyName): boolean => impossible([name]).includes(level)
  const [forbidden, allowed] = [
    anomalies.filter(({ name }) => forbids(name)),
    anomalies.filter(({ name }) => !forbids(name))
  ]
  if (forbidden.length > 0) {
    const ruledOut = boundary(forbidden.map(({ name }) => name))
    return {
      verdict: 'violation',
      anomalies: forbidden,
      ...ruledOut,
      explanation: explanation(level, ruledOut, forbidden)
    }
  }
  const open = undecided.filter(forbids)
  if (open.length > 0) {
    const reason = `the budget was spent in the search for ${open.join(', ')} among transactions that form a cycle`
    return { verdict: 'unknown', reason }
  }
  return { verdict: 'ok', undeterminedKeys, allowed }
}

/**
 * Judges a history against a level of isolation.
 *
 * @param level a level, or another name for it: see `levels`
 * @returns as {@link analyse}, and Q653 for a level that does not exist
 */
export const judge = (
  history: TransactionHistory,
  level: Level | (string & {}),
  options: IsolationOptions = {}
): either.Either<Problem, IsolationVerdict> =>
  either.chain((named: Level) =>
    either.map((analysis: Analysis) => verdictOn(analysis, named))(analyse(history, orderOf(named), options))
  )(levelNamed(level))
