/** What a published history shows, and the levels that this rules out, checked against the judge of isolation. */
import { expect } from '@jest/globals'
import { analyse, judge, levels } from '../../src/consistency/isolation/index.ts'
import type { AnomalyName, IsolationOptions, Level, TransactionHistory } from '../../src/consistency/isolation/index.ts'
import { right } from './isolation-definitions.ts'

export interface Example {
  readonly history: TransactionHistory
  /** The names of all anomalies, in real time too where the history is not concurrent. */
  readonly shows: ReadonlyArray<AnomalyName>
  /** The weakest levels that are ruled out. */
  readonly not: ReadonlyArray<Level>
  /** The strongest levels worth mentioning that are not ruled out. */
  readonly still?: ReadonlyArray<Level>
  readonly options?: IsolationOptions
}

/** What read skew and lost updates rule out: PL-2+ and PL-2.99. */
export const readSkew: ReadonlyArray<Level> = ['consistent-view', 'repeatable-read']

export const check = ({ history, shows, not, still = [], options = {} }: Example): void => {
  const analysis = right(analyse(history, 'realtime', options))
  expect([...analysis.counts.keys()].toSorted()).toEqual(shows.toSorted())
  expect(analysis.not).toEqual(not)
  for (const level of levels) {
    const isOut = [...analysis.not, ...analysis.alsoNot].includes(level)
    expect([level, right(judge(history, level, options)).verdict]).toEqual([level, isOut ? 'violation' : 'ok'])
  }
  for (const level of still) expect(right(judge(history, level, options)).verdict).toBe('ok')
}
