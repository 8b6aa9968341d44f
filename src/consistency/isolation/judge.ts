/** Judges a history of transactions against a level of isolation. */
import { either } from 'fp-ts'
import type { Problem } from '../../model/problem.ts'
import type { History } from '../history.ts'
import type { Judge, Judged, Verdict } from '../verdict.ts'
import { analyse } from './analysis.ts'
import type { Analysis, IsolationOptions } from './analysis.ts'
import type { Anomaly, AnomalyName } from './anomalies.ts'
import { boundary, impossible, levelNamed, orderOf, orders } from './levels.ts'
import type { Boundary, Level } from './levels.ts'

/** Why a history is not of a level: what it shows that the level forbids, the worst first, and what that rules out. */
export interface IsolationEvidence extends Boundary {
  readonly anomalies: ReadonlyArray<Anomaly>
}

/** What goes with an `ok`: no anomaly that the level forbids was found. */
export interface IsolationWitness {
  /** Whether that is a proof that there is none; README.md says why. */
  readonly isProof: boolean
  /** How many keys have versions whose order could not be told from the history. */
  readonly undeterminedKeys: number
  /** What was found and is allowed at this level. */
  readonly allowed: ReadonlyArray<Anomaly>
}

export type IsolationVerdict = Verdict<IsolationEvidence, IsolationWitness>

const explain = (level: Level, { not, anomalies }: IsolationEvidence): string =>
  [
    `The history is not ${level}.`,
    `What was found rules out ${not.join(', ')} and every level that implies ${not.length === 1 ? 'it' : 'one of them'}.`,
    ...anomalies.map(({ says }) => says)
  ].join('\n\n')

/** Whether the level forbids every cycle. Then a graph of lists without one has an order that explains all reads, unread appends or not. */
const forbidsEveryCycle = (level: Level): boolean => impossible(['G2-item']).includes(level)

/** The verdict of an analysis on a level. */
export const verdictOn = (analysis: Analysis, level: Level): IsolationVerdict => {
  const { anomalies, kind, order, undecided, undeterminedKeys } = analysis
  const forbids = (name: AnomalyName): boolean => impossible([name]).includes(level)
  const forbidden = anomalies.filter(({ name }) => forbids(name))
  if (forbidden.length > 0) {
    const evidence = { anomalies: forbidden, ...boundary(forbidden.map(({ name }) => name)) }
    return { verdict: 'violation', evidence, explanation: explain(level, evidence) }
  }
  if (orders.indexOf(order) < orders.indexOf(orderOf(level)))
    return { verdict: 'unknown', why: `the analysis looked at the order of ${order} alone` }
  const open = undecided.filter(forbids)
  if (open.length > 0) {
    const why = `the budget was spent in the search for ${open.join(', ')} among transactions that form a cycle`
    return { verdict: 'unknown', why }
  }
  const isProof = undeterminedKeys === 0 || (kind === 'list-append' && forbidsEveryCycle(level))
  return { verdict: 'ok', witness: { isProof, undeterminedKeys, allowed: anomalies } }
}

const judgeAt = (
  level: Level,
  history: History<unknown, unknown>,
  options: IsolationOptions
): Judged<IsolationEvidence, IsolationWitness> =>
  either.map((analysis: Analysis) => verdictOn(analysis, level))(analyse(history, orderOf(level), options))

/**
 * Judges a history against a level of isolation.
 *
 * @param level a level or another name for one, see levels.ts
 * @returns as {@link analyse}, and Q653 for a level that does not exist
 */
export const judge = (
  history: History<unknown, unknown>,
  level: string,
  options: IsolationOptions = {}
): Judged<IsolationEvidence, IsolationWitness> =>
  either.chain((named: Level) => judgeAt(named, history, options))(levelNamed(level))

/**
 * The judge of a level, by the name `isolation:LEVEL`.
 *
 * @returns Q653 for a level that does not exist
 */
export const isolation = (
  level: string,
  options: IsolationOptions = {}
): either.Either<Problem, Judge<IsolationEvidence, IsolationWitness>> =>
  either.map((named: Level): Judge<IsolationEvidence, IsolationWitness> => ({
    name: `isolation:${named}`,
    judge: (history) => judgeAt(named, history, options)
  }))(levelNamed(level))
