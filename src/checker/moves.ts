/** Step properties of moves in plain data. */
import { canonical } from '../model/data.ts'
import { transitionView } from '../model/local.ts'
import type { ValidModel } from '../model/valid.ts'
import type { Move, World } from '../model/world.ts'

const changesOrSays = (valid: ValidModel, world: World, { deed }: Move): boolean =>
  deed !== null &&
  (deed.outcome.effects.length > 0 || canonical(deed.outcome.after) !== canonical(world.nodes[deed.node] ?? valid.ids))

/** The step properties that a move violates; what changes and says nothing passes. */
export const violatedByMove = (valid: ValidModel, world: World, move: Move): ReadonlyArray<string> => {
  const { deed } = move
  const before = world.nodes[deed?.node ?? -1]
  if (deed === null || before === undefined || !changesOrSays(valid, world, move)) return []
  const transition = transitionView(valid, deed.node, before, deed.event, deed.outcome)
  return valid.model.properties
    .filter((property) => property.kind === 'step' && !property.holds(transition))
    .map(({ name }) => name)
}
