/** Searches a model as often as its reductions need: until a pass meets nothing that their tables did not know. */
import type { ValidModel } from '../model/valid.ts'
import { DeadMessages } from './engine/dead-messages.ts'
import { alphabetsOf } from './engine/search.ts'
import { SilentSteps } from './engine/silent-steps.ts'
import { Symmetry } from './engine/symmetry.ts'
import type { Team } from './engine/team.ts'
import { checkDeclared } from './equivariance.ts'
import { explore, extendTables, type Exploration, type Reductions } from './explore.ts'
import { violatedByStep } from './moves.ts'
import type { Limits } from './limits.ts'
import { defaultReductions, reductionNames, type CheckOptions, type Reduction } from './report.ts'
import { SlotViews } from './slot-views.ts'
import { ReadsNetwork } from './state-views.ts'

export interface Passes {
  readonly last: Exploration
  readonly passes: number
  readonly reductions: ReadonlyArray<Reduction>
  /** Their tables. */
  readonly tables: Reductions
}

/**
 * Where a delivery consumes its message, a run that need not deliver dead messages is shorter: a bound on the depth
 * would then cut the two searches at different places.
 */
const mayDropMessages = ({ model }: ValidModel): boolean =>
  model.network.kind === 'asynchronous' || model.bounds?.depth === undefined

/**
 * Silent steps take up messages that might have been lost or come twice, and time that a depth would count; and which of two comes
 * first depends on names.
 */
const maySettle = ({ model, budget }: ValidModel, symmetry: Symmetry | null): boolean =>
  symmetry === null &&
  model.timing === undefined &&
  model.bounds?.depth === undefined &&
  budget.lose + budget.duplicate === 0

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

  const passesWith = async (dead: DeadMessages | null, silent: SilentSteps | null): Promise<Passes> => {
    const reductions = { dead, silent, symmetry }
    const inForce = { 'dead-messages': dead, 'silent-steps': silent, symmetry }
    for (let passes = 1; ; passes++) {
      // What one thread's predicates have read, all must tell apart.
      if (silent !== null) team?.gather(slots.reads).forEach((reads) => slots.alsoRead(reads))
      extendTables(reductions, team)
      const last = await explore(valid, alphabets, slots, reductions, limits, team)
      if (last.isFinal || last.limit !== null)
        return {
          last,
          passes,
          reductions: reductionNames.filter((name) => inForce[name] !== null),
          tables: reductions
        }
    }
  }
  const dead =
    wanted.includes('dead-messages') && mayDropMessages(valid)
      ? new DeadMessages(valid, alphabets, (node, slot) => slots.isInside(node, slot))
      : null
  const silent =
    wanted.includes('silent-steps') && maySettle(valid, symmetry)
      ? new SilentSteps(valid, alphabets, slots, dead?.keeps ?? null, (...step) => violatedByStep(valid, ...step))
      : null
  try {
    return await passesWith(dead, silent)
  } catch (error) {
    if (!(error instanceof ReadsNetwork)) throw error
    return passesWith(null, null)
  }
}
