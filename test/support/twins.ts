/** The checker beside the textbook one, on random models. */
import fc from 'fast-check'
import { check, type CheckOptions, type Report } from '../../src/checker/index.ts'
import { checkNaively, type NaiveReport } from '../../src/checker/naive.ts'
import type { Model } from '../../src/model/index.ts'
import type { Table } from './random-protocol.ts'
import { rightOf, validated } from './runs.ts'

export const reportOf = async (model: Model<any>, options: CheckOptions = {}): Promise<Report> =>
  rightOf(await check(model, options))

export interface Extent {
  /** How many models are drawn. */
  readonly runs: number
  /** Spaces of more states are left out: there are enough small ones, and the textbook checker is slow. */
  readonly most: number
}

/** Compares with what the textbook checker says, on all models drawn. */
export const holdsFor = (
  { runs, most }: Extent,
  models: fc.Arbitrary<Model<Table>>,
  compare: (model: Model<Table>, naive: NaiveReport) => Promise<void>
): Promise<void> =>
  fc.assert(
    fc.asyncProperty(models, async (model) => {
      const naive = checkNaively(validated(model), most)
      fc.pre(naive !== null)
      await compare(model, naive)
    }),
    { numRuns: runs }
  )

/** What a report and the textbook checker must say alike. */
export const seenIn = ({ verdict, property, trace }: Report): ReadonlyArray<unknown> => [
  verdict,
  property,
  trace?.steps.length ?? null
]

export const isFault = (verdict: Report['verdict']): boolean => verdict === 'violated' || verdict === 'deadlock'

/** The model with nothing to find but what the report found. Histories stay, since they decide where a crash may cut. */
export const judgedAlone = (model: Model<Table>, { verdict, property }: Report): Model<Table> => ({
  ...model,
  properties: model.properties.flatMap((judged) =>
    judged.name === property ? [judged] : judged.kind === 'history' ? [{ ...judged, holds: () => true }] : []
  ),
  ...(verdict === 'deadlock' ? {} : { mayStop: true })
})
