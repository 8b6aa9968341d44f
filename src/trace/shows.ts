/** Whether a moment of a run shows what a trace says it shows. */
import { match } from 'ts-pattern'
import type { AnySignature, HistoryProperty } from '../../spec/kernel/index.ts'
import { ask, transitionView } from '../model/local.ts'
import type { ValidModel } from '../model/valid.ts'
import { keyOf, moves, worldView, type World } from '../model/world.ts'
import { isUnseen, type Followed } from './follow.ts'
import type { Trace } from './trace.ts'

/** No action changes anything here, and the model does not say that stopping here is fine. */
export const isDeadlock = (valid: ValidModel, world: World): boolean => {
  const { mayStop } = valid.model
  const here = keyOf(world)
  if (mayStop === true || moves(valid, world).some(({ next }) => keyOf(next) !== here)) return false
  return mayStop === undefined || !ask(() => mayStop(worldView(valid, world)), 'mayStop', valid)
}

/** A step property is asked about steps that change their node or have an effect. */
const isStepViolated = (
  valid: ValidModel,
  holds: (transition: ReturnType<typeof transitionView>) => boolean,
  what: string,
  followed: Followed
): boolean => {
  const { before, move } = followed
  const { deed } = move
  if (deed === null || isUnseen(followed)) return false
  const local = before.nodes[deed.node]
  if (local === undefined) throw new Error(`no node at position ${deed.node}`)
  const transition = transitionView(valid, deed.node, local, deed.event, deed.outcome)
  return !ask(() => holds(transition), what, valid)
}

/** What a history property has kept of what clients saw. */
const contentOf = (valid: ValidModel, world: World, history: HistoryProperty<AnySignature>): unknown =>
  world.contents[valid.histories.indexOf(history)]

/**
 * Whether `world` shows it: for a step property, whether `last`, the step that led to it, does; `last` is null in the
 * initial state. A property that the model does not have shows nowhere.
 */
export const showsAt = (
  valid: ValidModel,
  { shows, property: name }: Pick<Trace, 'shows' | 'property'>,
  world: World,
  last: Followed | null
): boolean => {
  if (shows === 'run') return true
  if (shows === 'deadlock') return isDeadlock(valid, world)
  const property = valid.model.properties.find((candidate) => candidate.name === name)
  const what = `property ${name ?? ''}`
  return match(property)
    .with(undefined, () => false)
    .with({ kind: 'always' }, ({ holds }) => !ask(() => holds(worldView(valid, world)), what, valid))
    .with({ kind: 'reachable' }, ({ holds }) => ask(() => holds(worldView(valid, world)), what, valid))
    .with({ kind: 'history' }, (history) => !ask(() => history.holds(contentOf(valid, world, history)), what, valid))
    .with({ kind: 'step' }, ({ holds }) => last !== null && isStepViolated(valid, holds, what, last))
    .exhaustive()
}
