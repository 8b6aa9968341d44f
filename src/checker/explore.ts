/** One pass of the search, level by level, to its verdict. */
import type { ValidModel } from '../model/valid.ts'
import type { AlikeMessages } from './engine/alike-messages.ts'
import type { Alphabet } from './engine/alphabet.ts'
import type { DeadMessages } from './engine/dead-messages.ts'
import { Search, type Standing } from './engine/search.ts'
import { OutOfRoom } from './engine/shared-set.ts'
import type { SilentSteps } from './engine/silent-steps.ts'
import type { Symmetry } from './engine/symmetry.ts'
import type { Team } from './engine/team.ts'
import { Equivariance } from './equivariance.ts'
import { movesToSpend } from './idle-partitions.ts'
import { Judge } from './judge.ts'
import { sayNeeded, type Limits, type Stored } from './limits.ts'
import { violatedByMove } from './moves.ts'
import type { Goal } from './path.ts'
import type { Verdict } from './report.ts'
import type { SlotViews } from './slot-views.ts'
import { LimitReached, saidOf, together } from './together.ts'
import { TimingGuard } from './timing.ts'

export interface Exploration {
  readonly verdict: Verdict
  readonly property: string | null
  /** Where a path to the violation or deadlock leads. */
  readonly goal: Goal | null
  readonly limit: string | null
  /** The least that would have been needed, in bytes, where it was memory that ended the search. */
  readonly neededBytes: number | null
  /** States not expanded, by the bound that says so. */
  readonly outside: { readonly depth: number; readonly node: number }
  readonly transitions: number
  readonly fired: ReadonlySet<string>
  readonly evaluations: Readonly<Record<string, number>>
  readonly search: Search
  readonly judge: Judge
  /** Whether the tables of the reduction knew all that was met, from the beginning. */
  readonly isFinal: boolean
}

/** The reductions in force. */
export interface Reductions {
  readonly dead: DeadMessages | null
  readonly alike: AlikeMessages | null
  /** How many partitions were left out, to be spent at the end by whoever gets stuck. */
  readonly idlePartitions: number
  readonly silent: SilentSteps | null
  readonly symmetry: Symmetry | null
}

/** States that a pass with tables out of date may add at least, before another is begun. */
const givenUpAfter = 10_000

export type Tables = Pick<Reductions, 'dead' | 'silent' | 'symmetry'>

type Ending = Pick<Exploration, 'verdict' | 'property' | 'goal' | 'limit'>

/**
 * Brings the tables up to date, closed under the exchanges.
 *
 * @param settle takes in what others have found. Threads of a team do all this together, each from the same values.
 */
export const extendTables = ({ dead, silent, symmetry }: Tables, settle: () => void): void => {
  settle()
  symmetry?.close()
  settle()
  dead?.extend()
  settle()
  silent?.extend()
  settle()
}

/** Which pass it is, and how the one before it left the tables. */
export interface Pass {
  /** From 1. */
  readonly number: number
  /** Rules that have fired. */
  readonly fired: ReadonlyArray<string>
  /** Whether letters are dropped or taken at once. */
  readonly dropsMessages: boolean
}

/** The first states that are stuck but for partitions left out. */
interface Stuck {
  readonly level: number
  readonly states: ReadonlyArray<number>
}

/** What a thread that comes later must know to take part in a pass. */
export interface Welcome {
  readonly pass: Pass
  readonly stuck: Stuck | null
  /** Where the numberings of the pass begin. */
  readonly place: number
  readonly standing: Standing
}

const plain = (verdict: Verdict, property: string | null = null): Ending => ({
  verdict,
  property,
  goal: null,
  limit: null
})

/**
 * @param welcome null to begin the pass; otherwise the others are at it already
 * @throws Refusal where the model turns out wrong
 * @throws ReadsNetwork where a property reads what `dead` drops
 */
export const explore = async (
  valid: ValidModel,
  alphabets: ReadonlyArray<Alphabet>,
  slots: SlotViews,
  reductions: Reductions,
  limits: Limits,
  team: Team,
  pass: Pass,
  welcome: Welcome | null
): Promise<Exploration> => {
  const { dead, alike, silent, symmetry } = reductions
  const { dropsMessages } = pass
  const place = team.agreement.places
  const isOutOfDate = (): boolean => dead?.isOutOfDate === true || silent?.isOutOfDate === true
  const fired = new Set<string>()
  let judgeStep: Judge['judgeStep'] | null = null
  let guard: TimingGuard | null = null
  const { timing } = valid.model
  const equivariance = symmetry === null ? null : new Equivariance(valid, alphabets, slots, symmetry.neighbours)
  const search = new Search(
    valid,
    alphabets,
    {
      taken: (step) => {
        if (step.response.reaction.rule !== null) fired.add(step.response.reaction.rule)
        equivariance?.checkStep(step)
        return judgeStep?.(step) ?? false
      },
      // Outside the bound nothing happens, and the reducer is not asked.
      ignored: (node, slot, rule) => {
        if (slots.isInside(node, slot)) fired.add(rule())
      },
      started: (rule) => fired.add(rule)
    },
    dead?.keeps ?? null,
    alike?.standsFor ?? null,
    silent,
    symmetry,
    timing === undefined ? null : (state, node, timer) => guard!.mayFire(state, node, timer),
    team,
    welcome?.standing ?? null
  )
  if (equivariance !== null) search.ledger.onSeen = (...seen) => equivariance.checkSeen(...seen)
  if (timing !== undefined) guard = new TimingGuard(valid, timing, search, dropsMessages, equivariance)
  const judge = new Judge(valid, search, slots, dropsMessages, equivariance)
  judgeStep = (step) => judge.judgeStep(step)
  const depthBound = valid.model.bounds?.depth ?? Infinity
  const spending = movesToSpend(reductions.idlePartitions)
  const outside = { depth: 0, node: 0 }
  /** Of the level at hand, how many states this thread has expanded or left. */
  let begun = 0
  let isFull = false
  let isFinal = true
  /**
   * Where this pass is given up if it is not final by then: letters kept too long, or steps taken at once too early, can make it far larger
   * than the last one will be, or endless.
   */
  let mostStates = Infinity

  /** A look at the limits, and at whatever else waits to be done, when it is time: the limit reached, or null. */
  const look = async (): Promise<string | null> => {
    // Of several threads, the first one looks for all.
    if (team.rank > 0) return null
    const { count: size } = search.states
    if (limits.isDue())
      await limits.look(
        {
          states: size,
          transitions: search.tallied,
          depth: search.depth,
          queue: size - search.levels.at(-2)!
        },
        search.states.growth
      )
    return limits.reached(size)
  }

  /** Runs to the end, with a look now and then: the limit reached, or what the work returned. */
  const paced = async <Result>(work: Generator<undefined, Result>): Promise<{ limit: string } | { done: Result }> => {
    for (;;) {
      const { done, value } = work.next()
      if (done === true) return { done: value }
      const limit = await look()
      if (limit !== null) return { limit }
    }
  }

  const isExpanded = (index: number): boolean => judge.isInside(index)

  const violated = (property: string, states: ReadonlyArray<number>, level: number): Ending => ({
    ...plain('violated', property),
    goal:
      states.length > 0
        ? { level, states, isExpanded, isEnd: false, isLastStep: null, isLastMove: null }
        : {
            level: level - 1,
            states: [],
            isExpanded,
            isEnd: false,
            isLastStep: ({ by }) => by !== null && judge.violatedBy(by).includes(property),
            isLastMove: (world, move) => violatedByMove(valid, world, move).includes(property)
          }
  })

  const deadlock = ({ level, states }: Stuck): Ending => ({
    ...plain('deadlock'),
    goal: { level, states, isExpanded, isEnd: true, isLastStep: null, isLastMove: null }
  })

  /** The end at a limit; the other threads are told. */
  const ended = (limit: string): Ending => {
    team.stop(saidOf(new LimitReached(limit)))
    return { ...plain('incomplete'), limit }
  }

  /** Lets those in who have come: all threads together, those who come too. */
  const letIn = (size: number, stuck: Stuck | null): void => {
    if (team.rank === 0) search.share()
    const told: Welcome = { pass, stuck, place, standing: search.standing }
    team.letIn(size, told)
    // Nobody goes on before their tables are made, of the same values as those of the others.
    team.settle()
  }

  const run = async (): Promise<Ending> => {
    let stuck = welcome?.stuck ?? null
    if (welcome !== null) team.settle()
    for (let level = search.depth; ; level++) {
      const first = search.levels[level]!
      const end = search.levels[level + 1]!
      begun = 0
      const limit = await look()
      if (limit !== null) return ended(limit)
      team.askIfWorthIt(search.levels, depthBound - level)
      const judged = await paced(judge.judgeLevel(first, end))
      if ('limit' in judged) return ended(judged.limit)
      if (judged.done !== null) return violated(judged.done.property, judged.done.states, level)

      const mine: number[] = []
      const isInside = (index: number): boolean => {
        begun++
        if (level >= depthBound) outside.depth++
        else if (isExpanded(index)) return true
        else outside.node++
        return false
      }
      const expanded = await paced(
        search.expandLevel(isInside, (index) => {
          if (!judge.mayStop(index)) mine.push(index)
        })
      )
      if ('limit' in expanded) return ended(expanded.limit)
      judge.agree()
      const hasMerged = alike?.hasMerged === true
      const said = search.gather({ stuck: mine, isOutOfDate: isOutOfDate(), hasMerged, size: team.withComers })
      const states = said.flatMap((one) => one.stuck)
      if (states.length > 0 && level + spending < depthBound) stuck ??= { level, states }
      // The partitions left out would be spent by then.
      if (stuck !== null && level >= stuck.level + spending) return deadlock(stuck)
      if (said.some((one) => one.isOutOfDate)) {
        extendTables(reductions, () => team.settle())
        isFinal = false
        mostStates = Math.min(mostStates, 2 * search.states.count + givenUpAfter)
        // A message must not stand for one that a slot met just now may tell from it: what cannot happen would be tried.
        if (said.some((one) => one.hasMerged)) mostStates = 0
      }
      if (search.states.count > mostStates) return plain('incomplete')
      if (search.levels.length === level + 2) {
        const step = valid.model.properties.find(({ name }) => judge.violatedSteps.has(name))
        if (step !== undefined) return violated(step.name, [], level + 1)
        if (stuck !== null) return deadlock(stuck)
        const [unseen] = valid.model.properties.filter((property) => judge.unseen.has(property))
        return unseen === undefined ? plain('holds') : plain('unreachable', unseen.name)
      }
      // In a pass that may be the last one nothing new was met: those who come make the same tables as were made when it began.
      const { size } = said[0]!
      if (size > team.size && isFinal) letIn(size, stuck)
    }
  }

  const ending = await run().catch((error: unknown) => {
    isFull = error instanceof OutOfRoom
    const met = together(error, team)
    if (met instanceof LimitReached) return { ...plain('incomplete'), limit: met.message }
    throw met
  })
  const all = search.gather({
    outside,
    begun,
    fired: [...fired],
    transitions: search.transitions,
    evaluations: judge.evaluations,
    isOutOfDate: isOutOfDate()
  })
  team.agreement.catchUp()
  type Said = (typeof all)[number]
  const total = (of: (said: Said) => number): number => all.reduce((sum, said) => sum + of(said), 0)
  const { count: states } = search.states
  const stored: Stored = {
    states,
    waiting: states - search.levels.at(-2)! - total((said) => said.begun),
    levels: search.levels,
    bytesPerState: (search.bytes + judge.bytes) / states
  }
  const neededBytes = ending.limit === null ? null : limits.needed(stored, isFull)
  return {
    ...ending,
    limit: neededBytes === null ? ending.limit : `${ending.limit}${sayNeeded(stored, neededBytes)}`,
    neededBytes,
    outside: { depth: total((said) => said.outside.depth), node: total((said) => said.outside.node) },
    transitions: total((said) => said.transitions),
    evaluations: Object.fromEntries(
      Object.keys(judge.evaluations).map((name) => [name, total((said) => said.evaluations[name] ?? 0)])
    ),
    fired: new Set(all.flatMap((one) => one.fired)),
    search,
    judge,
    isFinal: isFinal && !all.some((one) => one.isOutOfDate)
  }
}
