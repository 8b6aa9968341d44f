/** Searches a model as often as its reductions need: until a pass meets nothing that their tables did not know. */
import type { ValidModel } from '../model/valid.ts'
import { DeadMessages } from './engine/dead-messages.ts'
import { alphabetsOf } from './engine/search.ts'
import { Symmetry } from './engine/symmetry.ts'
import type { Team } from './engine/team.ts'
import { checkDeclared } from './equivariance.ts'
import { explore, extendTables, type Exploration } from './explore.ts'
import type { Limits } from './limits.ts'
import { defaultReductions, reductionNames, type CheckOptions, type Reduction } from './report.ts'
import { SlotViews } from './slot-views.ts'
import { ReadsNetwork } from './state-views.ts'

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

/** Passes until the tables of the reductions are complete; with messages kept if a property reads the network. */
export const explorePasses = async (
  valid: ValidModel,
  options: CheckOptions,
  limits: Limits,
  team: Team | null
): Promise<Passes> => {
  const wanted = options.reduce ?? defaultReductions
  const alphabets = alphabetsOf(valid, team)
  const slots = new SlotViews(valid, alphabets)
  const isSymmetric = (valid.model.symmetric ?? []).some((group) => group.length > 1)
  const symmetry =
    wanted.includes('symmetry') && isSymmetric ? new Symmetry(valid, alphabets, team?.agreement ?? null) : null
  if (symmetry !== null) checkDeclared(valid, symmetry.neighbours)

  const passesWith = async (dead: DeadMessages | null): Promise<Passes> => {
    const reductions = { dead, symmetry }
    for (let passes = 1; ; passes++) {
      extendTables(reductions, team)
      const last = await explore(valid, alphabets, slots, reductions, limits, team)
      if (last.isFinal || last.verdict === 'incomplete')
        return {
          last,
          passes,
          reductions: reductionNames.filter((name) => (name === 'symmetry' ? symmetry : dead) !== null)
        }
    }
  }
  if (wanted.includes('dead-messages') && mayDropMessages(valid))
    try {
      return await passesWith(new DeadMessages(valid, alphabets, (node, slot) => slots.isInside(node, slot)))
    } catch (error) {
      if (!(error instanceof ReadsNetwork)) throw error
    }
  return passesWith(null)
}
