/**
 * The textbook checker: objects, a Map, no tricks. It explores the definition in `src/model/world.ts` breadth-first and
 * judges the engine in the tests; it is the thing to read to know what the engine must answer.
 */
import type { AnySignature, Property } from '../../spec/kernel/index.ts'
import { start, viewOf } from '../model/local.ts'
import type { ValidModel } from '../model/valid.ts'
import { initialWorld, keyOf, moves, worldView, type World } from '../model/world.ts'
import { violatedByMove } from './moves.ts'
import type { Verdict } from './report.ts'

export interface NaiveReport {
  readonly verdict: Exclude<Verdict, 'incomplete'>
  readonly property: string | null
  /** Actions on a shortest path to the violation or deadlock; null where there is none. */
  readonly traceLength: number | null
  readonly states: number
  readonly transitions: number
  readonly depth: number
  readonly outside: number
  /** The rules that fired. */
  readonly rules: ReadonlySet<string>
  /** The reachable states. */
  readonly worlds: ReadonlyArray<World>
}

/** The report; null where there are more than `most` states. */
export const checkNaively = (valid: ValidModel, most = Infinity): NaiveReport | null => {
  const { properties, bounds, mayStop } = valid.model
  const seen = new Map<string, number>()
  const rules = new Set<string>(valid.ids.map((_id, node) => start(valid, node).rule))
  const worlds: World[] = []
  const unseen = new Set<Property<AnySignature>>(properties.filter(({ kind }) => kind === 'reachable'))
  let transitions = 0
  let outside = 0
  let level: ReadonlyArray<World> = [initialWorld(valid)]
  let violatedSteps: ReadonlyArray<string> = []
  level.forEach((world) => seen.set(keyOf(world), 0))

  const report = (
    verdict: NaiveReport['verdict'],
    property: string | null,
    traceLength: number | null,
    depth: number
  ) => ({
    verdict,
    property,
    traceLength,
    states: seen.size,
    transitions,
    depth,
    outside,
    rules,
    worlds
  })

  for (let depth = 0; ; depth++) {
    const violated = new Set(violatedSteps)
    for (const world of level) {
      worlds.push(world)
      const view = worldView(valid, world)
      for (const property of properties) {
        if (property.kind === 'always' && !property.holds(view)) violated.add(property.name)
        if (property.kind === 'reachable' && property.holds(view)) unseen.delete(property)
        if (property.kind === 'history' && !property.holds(world.contents[valid.histories.indexOf(property)]))
          violated.add(property.name)
      }
    }
    const worst = properties.find(({ name }) => violated.has(name))
    // A step out of the last level may violate a property without leading to anything new.
    if (worst !== undefined) return report('violated', worst.name, depth, level.length > 0 ? depth : depth - 1)
    if (level.length === 0) {
      const [missed] = properties.filter((property) => unseen.has(property))
      return missed === undefined
        ? report('holds', null, null, depth - 1)
        : report('unreachable', missed.name, null, depth - 1)
    }

    const next: World[] = []
    const violatedNext = new Set<string>()
    let isStuck = false
    for (const world of level) {
      const isInside =
        depth < (bounds?.depth ?? Infinity) &&
        world.nodes.every((local, node) => bounds?.node?.(viewOf(valid, node, local)) ?? true)
      if (!isInside) {
        outside++
        continue
      }
      const own = keyOf(world)
      let leaving = 0
      for (const move of moves(valid, world)) {
        if (move.deed !== null && move.deed.outcome.rule !== null) rules.add(move.deed.outcome.rule)
        violatedByMove(valid, world, move).forEach((name) => violatedNext.add(name))
        const key = keyOf(move.next)
        if (key === own) continue
        leaving++
        if (seen.has(key)) continue
        if (seen.size >= most) return null
        seen.set(key, depth + 1)
        next.push(move.next)
      }
      transitions += leaving
      const isFine = mayStop === true || (mayStop?.(worldView(valid, world)) ?? false)
      if (leaving === 0 && !isFine) isStuck = true
    }
    if (isStuck) return report('deadlock', null, depth, next.length > 0 ? depth + 1 : depth)
    violatedSteps = [...violatedNext]
    level = next
  }
}
