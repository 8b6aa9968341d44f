/**
 * Partitions that nobody can see. On every network a message may be late, and never come, without a partition: a run with the partition and a
 * run without it are the same but for the partition itself. DESIGN.md of the engine has the argument.
 */
import type { Action } from '../model/action.ts'
import { canonical } from '../model/data.ts'
import type { ValidModel } from '../model/valid.ts'

/**
 * Whether partitions add nothing to what can be reached. An assumption about time may read the cut. A partition that stays can make an end of what
 * would go on without it, which is seen unless every end is fine.
 */
export const arePartitionsIdle = ({ model, cuts, budget, heal }: ValidModel): boolean =>
  cuts.length > 0 && budget.partitions > 0 && model.timing === undefined && (heal || model.mayStop === true)

/** The same model with whole links. */
export const withoutPartitions = (valid: ValidModel): ValidModel => ({
  ...valid,
  cuts: [],
  budget: { ...valid.budget, partitions: 0 }
})

/** The moves that it takes to spend so many partitions: each starts and heals. */
export const movesToSpend = (partitions: number): number => 2 * partitions

/** What is left to do where nothing else is: the partitions that a search left out come and go. */
export const spendPartitions = (declared: ValidModel, searched: ValidModel): ReadonlyArray<Action> => {
  const [least] = declared.cuts.map(({ name }) => name).toSorted((a, b) => (canonical(a) < canonical(b) ? -1 : 1))
  if (least === undefined) return []
  return Array.from({ length: declared.budget.partitions - searched.budget.partitions }, (): ReadonlyArray<Action> => [
    { type: 'partition', cut: least },
    { type: 'heal' }
  ]).flat()
}
