/**
 * What a reduction must keep, asked of one random model: the engine with the reduction against what the textbook checker found. An answer is
 * null where all is well, else what is wrong.
 */
import { either } from 'fp-ts'
import { always, type Property } from '../../spec/kernel/index.ts'
import { arePartitionsIdle } from '../../src/checker/idle-partitions.ts'
import { checkNaively, type NaiveReport } from '../../src/checker/naive.ts'
import { check, type Reduction, type Report } from '../../src/checker/index.ts'
import { Limits } from '../../src/checker/limits.ts'
import { explorePasses, type Passes } from '../../src/checker/passes.ts'
import { canonical } from '../../src/model/data.ts'
import type { Model, ValidModel } from '../../src/model/index.ts'
import { viewOf, type Local } from '../../src/model/local.ts'
import { Refusal } from '../../src/model/problem.ts'
import { moves, type Move, type World } from '../../src/model/world.ts'
import { replay } from '../../src/trace/index.ts'
import { validated } from './runs.ts'

export type Complaint = string | null

type AnyModel = Model<any>

/** A model, and what the textbook checker says of it. */
export interface Case {
  readonly model: AnyModel
  readonly naive: NaiveReport
  /** The rules of steps that change or say something, and can happen. */
  readonly telling: ReadonlySet<string>
  /** How many orbits there are of its states, where some names may be exchanged. */
  readonly orbits?: number
}

export type Judge = (of: Case, reduce: ReadonlyArray<Reduction>) => Promise<Complaint>

/** States of the textbook checker's space; larger ones are left out: there are enough small ones. */
const most = 160

/** And smaller ones, in which there is little to get wrong. */
const least = 4

/** How a judge sees a node: in full, or what some properties see. */
export type See = (valid: ValidModel, node: number, local: Local) => unknown

export const inFull: See = (_valid, _node, local) => local

/** What `look` tells of a node. */
export const seeing =
  (look: (view: any) => unknown): See =>
  (valid, node, local) =>
    look(viewOf(valid, node, local))

/**
 * All there is to a state but what is in flight, as text. Not what is left to lose and to duplicate: messages that nobody needs may use it up, which
 * makes no difference. Nor partitions, where they are known to be idle.
 */
const textOf = (
  valid: ValidModel,
  see: See,
  { nodes, cut, left, asked, contents }: Omit<World, 'flight'>,
  isIdle: boolean
): string => {
  const { crashes, crashesForGood, partitions } = left
  const seen = nodes.map((local, node) => see(valid, node, local))
  return canonical([seen, crashes, crashesForGood, asked, contents, ...(isIdle ? [] : [cut, partitions])])
}

const worldsSeen = (valid: ValidModel, worlds: ReadonlyArray<World>, see: See, isIdle: boolean): ReadonlySet<string> =>
  new Set(worlds.map((world) => textOf(valid, see, world, isIdle)))

const statesSeen = (valid: ValidModel, { last: { search } }: Passes, see: See, isIdle: boolean): ReadonlySet<string> =>
  new Set(
    Array.from({ length: search.states.size }, (_, index) => {
      const nodes = search.slotsOf(index).map((slot, node) => search.frames[node]!.alphabet.slots.at(slot))
      const { cut, ...page } = search.ledger.pages.at(search.pageOf(index))
      return textOf(valid, see, { ...page, nodes, cut: search.valid.cuts[cut]?.name ?? null }, isIdle)
    })
  )

const isTelling = (world: World, { deed }: Move): boolean =>
  deed !== null &&
  (deed.outcome.effects.length > 0 || canonical(deed.outcome.after) !== canonical(world.nodes[deed.node]))

/** The same protocol, which refuses to be asked for a step that cannot happen. */
const guarded = (model: AnyModel, valid: ValidModel, possible: ReadonlyArray<readonly [World, Move]>): AnyModel => {
  const keys = new Set(
    possible.flatMap(([world, { deed }]) => {
      const local = deed === null ? undefined : world.nodes[deed.node]
      return deed === null || local?.up !== true ? [] : [canonical([valid.ids[deed.node], local.state, deed.event])]
    })
  )
  return {
    ...model,
    protocol: {
      ...model.protocol,
      step: (self, state, event) => {
        if (!keys.has(canonical([self.id, state, event]))) throw new Error(`impossible: ${canonical(event)}`)
        return model.protocol.step(self, state, event)
      }
    }
  }
}

/** The case of a model, its whole space or only what is found first; null where there is none, or its space is too large. With `isGuarded`, its reducers refuse what cannot happen. */
export const caseOf = (model: AnyModel | null, isWhole: boolean, isGuarded = false): Case | null => {
  if (model === null) return null
  const valid = validated(model)
  const naive = checkNaively(valid, most)
  if (naive === null || naive.states < least) return null
  if (!isWhole) return { model, naive, telling: new Set() }
  const isInside = model.bounds?.node ?? (() => true)
  const inside = naive.worlds.filter(({ nodes }) => nodes.every((local, node) => isInside(viewOf(valid, node, local))))
  const possible = inside.flatMap((world) => moves(valid, world).map((move) => [world, move] as const))
  return {
    model: isGuarded ? guarded(model, valid, possible) : model,
    naive,
    telling: new Set(
      possible.flatMap(([world, move]) => (isTelling(world, move) ? [move.deed?.outcome.rule ?? ''] : []))
    )
  }
}

const differing = (what: string, found: unknown, wanted: unknown): Complaint => {
  const [ours, theirs] = [canonical(found), canonical(wanted)]
  return ours === theirs ? null : `${what}: ${ours}, not ${theirs}`
}

const differingSets = (what: string, found: ReadonlySet<string>, wanted: ReadonlySet<string>): Complaint => {
  const missing = [...wanted].find((each) => !found.has(each))
  if (missing !== undefined) return `${what}: ${missing} is missing`
  const surplus = [...found].find((each) => !wanted.has(each))
  return surplus === undefined ? null : `${what}: ${surplus} cannot be reached`
}

/** What is reached of what is seen, and nothing else. */
const differingReach = (
  { model, naive }: Pick<Case, 'model' | 'naive'>,
  passes: Passes,
  see: See,
  reduce: ReadonlyArray<Reduction>
): Complaint => {
  const valid = validated(model)
  const isIdle = reduce.includes('idle-partitions') && arePartitionsIdle(valid)
  return differingSets('states', statesSeen(valid, passes, see, isIdle), worldsSeen(valid, naive.worlds, see, isIdle))
}

const firstOf = (complaints: ReadonlyArray<Complaint>): Complaint => complaints.find((each) => each !== null) ?? null

const explored = async (
  model: AnyModel,
  reduce: ReadonlyArray<Reduction>
): Promise<{ readonly passes: Passes } | { readonly complaint: string }> => {
  try {
    return { passes: await explorePasses(validated(model), { reduce }, new Limits({ maxStates: 20 * most })) }
  } catch (error) {
    if (error instanceof Refusal) return { complaint: `refused: ${error.problem.what}` }
    throw error
  }
}

/**
 * Verdict, property and length of the trace are those of the textbook checker. A run that ends may be found before the last messages are sent that
 * nobody needs: a deadlock is only asked to be one.
 */
export const keepsVerdict: Judge = async (of, reduce) => {
  const { model, naive } = of
  const dropsMessages = reduce.includes('dead-messages')
  const checked = await check(model, { reduce, maxStates: 20 * most })
  if (either.isLeft(checked)) return `refused: ${checked.left.what}`
  const { verdict, property, trace } = checked.right
  if (dropsMessages && [verdict, naive.verdict].includes('deadlock')) return keepsCounterexample(of, reduce)
  const found = [verdict, property, trace?.steps.length ?? null]
  return differing('verdict', found, [naive.verdict, naive.property, naive.traceLength])
}

/** Everything that can be reached but the network, the rules that fire, and no step that cannot happen. */
export const keepsStates: Judge = async ({ model, naive, telling }, reduce) => {
  const found = await explored(model, reduce)
  if ('complaint' in found) return found.complaint
  const { last } = found.passes
  // At a bound, a message that was dropped counts as ignored there, though nothing is delivered any more.
  const isBounded = model.bounds?.depth !== undefined || model.bounds?.node !== undefined
  return firstOf([
    differing('verdict', [last.verdict, last.property], [naive.verdict, naive.property]),
    differingReach({ model, naive }, found.passes, inFull, reduce),
    last.search.states.size <= naive.states ? null : `states: ${last.search.states.size} are more than ${naive.states}`,
    !isBounded && [...last.fired].some((rule) => !naive.rules.has(rule))
      ? `rules: ${[...last.fired].join()} fired`
      : null,
    !isBounded && [...telling].some((rule) => rule !== '' && !last.fired.has(rule))
      ? `rules: only ${[...last.fired].join()} fired`
      : null
  ])
}

const isFault = (verdict: Report['verdict']): boolean => verdict === 'violated' || verdict === 'deadlock'

/** The model with nothing to find but what the report found. Histories stay, since they decide where a crash may cut. */
const judgedAlone = (model: AnyModel, { verdict, property }: Report): AnyModel => ({
  ...model,
  properties: model.properties.flatMap((judged) =>
    judged.name === property ? [judged] : judged.kind === 'history' ? [{ ...judged, holds: () => true }] : []
  ),
  ...(verdict === 'deadlock' ? {} : { mayStop: true })
})

/** Whether there is a counterexample, and that the one found is one; it may be a longer one. */
export const keepsCounterexample: Judge = async ({ model, naive }, reduce) => {
  const checked = await check(model, { reduce, maxStates: 20 * most })
  if (either.isLeft(checked)) return `refused: ${checked.left.what}`
  const report = checked.right
  const found = [report.verdict, report.property]
  if (!isFault(naive.verdict) || !isFault(report.verdict))
    return differing('verdict', found, [naive.verdict, naive.property])
  const alone = checkNaively(validated(judgedAlone(model, report)), 20 * most)
  if (alone === null) return null
  const replayed = report.trace === null ? null : replay(validated(model), report.trace)
  const [length, shortest] = [report.trace?.steps.length ?? -1, alone.traceLength ?? Infinity]
  return firstOf([
    differing('alone', found, [alone.verdict, alone.property]),
    replayed === null || either.isLeft(replayed) || !replayed.right.stillShows ? 'the trace does not show it' : null,
    length < shortest ? `trace: ${length} steps, not ${shortest}` : null
  ])
}

/** One state for each orbit, and none deeper than without. */
export const keepsOrbits: Judge = async ({ model, naive, orbits }, reduce) => {
  const checked = await check(model, { reduce, maxStates: 20 * most })
  if (either.isLeft(checked)) return `refused: ${checked.left.what}`
  return differing('orbits', [checked.right.states, checked.right.depth], [orbits, naive.depth])
}

/** A property that reads of each node what `look` does, and always holds. */
export const reading = (look: (view: any) => unknown): Property<any> =>
  always('looks', ({ nodes }) => nodes.every((node) => look(node) !== undefined))

/** What is seen of each node, with budgets, requests and histories: what is reached of these, and nothing else; and where runs end. */
export const keepsLooks =
  (see: See): Judge =>
  async ({ model, naive }, reduce) => {
    const found = await explored(model, reduce)
    if ('complaint' in found) return found.complaint
    const { last } = found.passes
    const isWhole = !isFault(naive.verdict)
    return firstOf([
      differing('verdict', [last.verdict, last.property], [naive.verdict, naive.property]),
      isWhole ? differingReach({ model, naive }, found.passes, see, reduce) : null,
      isWhole && last.search.states.size > naive.states ? 'more states than without' : null
    ])
  }
