/** Searches a model as often as its reductions need: until a pass meets nothing that their tables did not know. */
import type { ValidModel } from '../model/valid.ts'
import { AlikeMessages } from './engine/alike-messages.ts'
import { DeadMessages } from './engine/dead-messages.ts'
import type { ViolatedBy } from './engine/local-steps.ts'
import { OutOfMemory } from './engine/packed-set.ts'
import { Scout } from './engine/scout.ts'
import { alphabetsOf } from './engine/search.ts'
import { SilentSteps } from './engine/silent-steps.ts'
import { Symmetry } from './engine/symmetry.ts'
import { Team } from './engine/team.ts'
import { checkDeclared } from './equivariance.ts'
import { explore, extendTables, type Exploration, type Reductions, type Tables, type Welcome } from './explore.ts'
import { arePartitionsIdle, withoutPartitions } from './idle-partitions.ts'
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

/** Silent steps take up messages that might have been lost or come twice, and time that a depth would count; and which of two comes first depends on names. */
const maySettle = ({ model, budget }: ValidModel, symmetry: Symmetry | null): boolean =>
  symmetry === null &&
  model.timing === undefined &&
  model.bounds?.depth === undefined &&
  budget.lose + budget.duplicate === 0

/** States that a scout looks at before the first pass, and how many times more before each of those after it. */
const scoutedFirst = 2_000
const scoutsFurther = 8

/**
 * It is worth it where a pass that meets something new must end, which is so where messages may stand for others: their network is the asynchronous
 * one, as a scout needs. Of several threads, one scouts for all.
 */
const mayScout = ({ model }: ValidModel, alike: AlikeMessages | null, team: Team): boolean =>
  alike !== null && model.timing === undefined && team.rank === 0

const goAhead = async (scout: Scout, states: number, limits: Limits): Promise<void> => {
  try {
    for (const work = scout.look(states); work.next().done !== true;) {
      if (limits.isDue()) await limits.look({ states: 0, transitions: 0, depth: 0, queue: 0 })
      if (limits.reached(0) !== null) return
    }
  } catch (error) {
    // The pass that comes now meets the same end, and says so.
    if (!(error instanceof OutOfMemory)) throw error
  }
}

/** Gets ready, as far as it can be while the others go on, and waits to be let in. */
const comeIn = (team: Team, tables: Tables): Welcome => {
  extendTables(tables, () => team.agreement.catchUp())
  return team.enter() as Welcome
}

/** Passes until the tables of the reductions are complete; with messages kept if a property reads the network. */
export const explorePasses = async (
  declared: ValidModel,
  options: CheckOptions,
  limits: Limits,
  team = new Team()
): Promise<Passes> => {
  const wanted = options.reduce ?? defaultReductions
  const isIdle = wanted.includes('idle-partitions') && arePartitionsIdle(declared)
  const valid = isIdle ? withoutPartitions(declared) : declared
  const alphabets = alphabetsOf(valid, team)
  const slots = new SlotViews(valid, alphabets)
  const symmetry = wanted.includes('symmetry') && valid.symmetric.length > 0 ? new Symmetry(valid, alphabets) : null
  if (symmetry !== null) checkDeclared(declared, symmetry.neighbours)
  /** Of numberings that last longer than a pass. */
  const { places: lasting } = team.agreement

  const passesWith = async (
    dead: DeadMessages | null,
    alike: AlikeMessages | null,
    silent: SilentSteps | null,
    welcome: Welcome | null
  ): Promise<Passes> => {
    if (symmetry !== null) symmetry.likes = alike?.likes ?? null
    const idlePartitions = isIdle ? declared.budget.partitions : 0
    const reductions = { dead, alike, idlePartitions, silent, symmetry }
    const inForce = {
      'dead-messages': dead !== null,
      'alike-messages': alike !== null,
      'idle-partitions': isIdle,
      'silent-steps': silent !== null,
      symmetry: symmetry !== null
    }
    /** Rules that fired, in whatever pass. */
    const fired = new Set<string>(welcome?.pass.fired)
    const scout =
      dead !== null && mayScout(valid, alike, team)
        ? new Scout(valid, alphabets, (node, slot) => slots.isInside(node, slot), dead.keeps, symmetry !== null)
        : null
    for (let number = welcome?.pass.number ?? 1; ; number++) {
      const isBegun = welcome?.pass.number === number
      team.agreement.forgetFrom(lasting)
      if (isBegun) {
        team.agreement.skipTo(welcome.place)
        extendTables(reductions, () => team.agreement.catchUp())
      } else {
        if (scout !== null) await goAhead(scout, scoutedFirst * scoutsFurther ** (number - 1), limits)
        for (const rules of team.gather([...(scout?.fired ?? [])])) rules.forEach((rule) => fired.add(rule))
        extendTables(reductions, () => team.settle())
      }
      if (dead !== null) alike?.compare(dead, fired)
      const pass = { number, fired: [...fired], dropsMessages: dead !== null || silent !== null }
      const last = await explore(valid, alphabets, slots, reductions, limits, team, pass, isBegun ? welcome : null)
      last.fired.forEach((rule) => fired.add(rule))
      if (last.isFinal || last.limit !== null)
        return {
          last: alike === null ? last : { ...last, fired },
          passes: number,
          reductions: reductionNames.filter((name) => inForce[name]),
          tables: reductions
        }
    }
  }
  const violatedBy: ViolatedBy = (...step) => violatedByStep(valid, ...step)
  const mayDrop = wanted.includes('dead-messages') && mayDropMessages(valid)
  const mayCompare = mayDrop && valid.model.network.kind === 'asynchronous'
  const alike = wanted.includes('alike-messages') && mayCompare ? new AlikeMessages(valid, alphabets, violatedBy) : null
  const dead = mayDrop
    ? new DeadMessages(valid, alphabets, (node, slot) => slots.isInside(node, slot), alike?.note)
    : null
  const silent =
    wanted.includes('silent-steps') && maySettle(valid, symmetry)
      ? new SilentSteps(valid, alphabets, slots, dead?.keeps ?? null, violatedBy)
      : null
  // Threads would not always need the same passes, since what is read, and when, depends on who is first.
  if (silent !== null) team.stayAlone()
  const welcome = team.isOutside ? comeIn(team, { dead, silent, symmetry }) : null
  if (welcome?.pass.dropsMessages === false) return passesWith(null, null, null, welcome)
  try {
    return await passesWith(dead, alike, silent, welcome)
  } catch (error) {
    if (!(error instanceof ReadsNetwork)) throw error
    return passesWith(null, null, null, null)
  }
}
