/** Step properties of moves in plain data. */
import type { AnySignature, Cause } from '../../spec/kernel/index.ts'
import { canonical } from '../model/data.ts'
import { ask, transitionView, type Local, type Outcome } from '../model/local.ts'
import type { ValidModel } from '../model/valid.ts'
import type { Move, World } from '../model/world.ts'

/** The step properties that a step of a node violates; what changes and says nothing passes. */
export const violatedByStep = (
  valid: ValidModel,
  node: number,
  before: Local,
  event: Cause<AnySignature>,
  outcome: Outcome
): ReadonlyArray<string> => {
  if (outcome.effects.length === 0 && canonical(outcome.after) === canonical(before)) return []
  const transition = transitionView(valid, node, before, event, outcome)
  return valid.model.properties
    .filter(
      (property) =>
        property.kind === 'step' && !ask(() => property.holds(transition), `property ${property.name}`, valid)
    )
    .map(({ name }) => name)
}

/** The step properties that a move violates. */
export const violatedByMove = (valid: ValidModel, world: World, move: Move): ReadonlyArray<string> => {
  const { deed } = move
  const before = world.nodes[deed?.node ?? -1]
  if (deed === null || before === undefined) return []
  return violatedByStep(valid, deed.node, before, deed.event, deed.outcome)
}
