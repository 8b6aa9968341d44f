/** Searches a model as often as its reductions need: until a pass meets nothing that their tables did not know. */
import type { ValidModel } from '../model/valid.ts'
import { DeadMessages } from './engine/dead-messages.ts'
import { alphabetsOf } from './engine/search.ts'
import { explore, type Exploration } from './explore.ts'
import { ReadsNetwork } from './judge.ts'
import type { Limits } from './limits.ts'
import { reductionNames, type CheckOptions, type Reduction } from './report.ts'
import { SlotViews } from './slot-views.ts'

export interface Passes {
  readonly last: Exploration
  readonly passes: number
  readonly reductions: ReadonlyArray<Reduction>
}

/**
 * Where a delivery consumes its message, a run that need not deliver dead messages is shorter: a bound on the depth
 * would then cut the two searches at different places.
 */
const mayDropMessages = ({ model }: ValidModel): boolean =>
  model.network.kind === 'asynchronous' || model.bounds?.depth === undefined

/** Passes until the tables of the reduction are complete; without the reduction if a property reads the network. */
export const explorePasses = async (valid: ValidModel, options: CheckOptions, limits: Limits): Promise<Passes> => {
  const alphabets = alphabetsOf(valid)
  const slots = new SlotViews(valid, alphabets)
  if ((options.reduce ?? reductionNames).includes('dead-messages') && mayDropMessages(valid))
    try {
      const dead = new DeadMessages(valid, alphabets, (node, slot) => slots.isInside(node, slot))
      for (let passes = 1; ; passes++) {
        dead.extend()
        const last = await explore(valid, alphabets, slots, dead, limits)
        if (last.isFinal || last.verdict === 'incomplete') return { last, passes, reductions: ['dead-messages'] }
      }
    } catch (error) {
      if (!(error instanceof ReadsNetwork)) throw error
    }
  return { last: await explore(valid, alphabets, slots, null, limits), passes: 1, reductions: [] }
}
