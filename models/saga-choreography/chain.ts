/** What the models of choreography have in common: a chain of services. */
import type { NodeId } from '../../spec/kernel/index.ts'
import type { Config, SagaChoreography } from '../../spec/saga-choreography/index.ts'
import type { ModelRequest } from '../../src/model/model.ts'

/** `s1` to `sN`, each with `units` to take. */
export const chain = (
  services: number,
  units: (index: number) => number = () => 1
): Readonly<Record<NodeId, Config>> => {
  const ids = Array.from({ length: services }, (_, index) => `s${index + 1}`)
  return Object.fromEntries(
    ids.map((id, index): [NodeId, Config] => [
      id,
      { previous: ids[index - 1] ?? null, next: ids[index + 1] ?? null, units: units(index) }
    ])
  )
}

/** A client begins a saga at the first service. */
export const beginTrip: ModelRequest<SagaChoreography> = { name: 'trip', request: { type: 'begin-saga' }, at: ['s1'] }

/** A client wants it undone. */
export const cancelTrip: ModelRequest<SagaChoreography> = {
  name: 'cancel-trip',
  request: { type: 'cancel-saga', saga: 'trip' },
  at: ['s1']
}
