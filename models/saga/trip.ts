/** What the models of sagas have in common: trips that take a seat, a room and a sum of money. */
import type { NodeId } from '../../spec/kernel/index.ts'
import type { Config, Definition, SagaProtocol, SagaStep } from '../../spec/saga/index.ts'
import type { ModelRequest } from '../../src/model/model.ts'

export const take = (service: NodeId): SagaStep => ({ service, action: 'take' })
export const confirm = (service: NodeId): SagaStep => ({ service, action: 'confirm' })

/** A seat, then the money. Both can be undone. */
export const seatThenMoney: Definition = { stages: [[take('seat')], [take('money')]], pivot: null }

/** A seat and a room at once, then the money. All can be undone. */
export const twoThenOne: Definition = { stages: [[take('seat'), take('room')], [take('money')]], pivot: null }

/** Every service of the definition with `units` to take, and `orchestrator`. */
export const cluster = (
  definition: Definition,
  recovery: 'backward' | 'forward',
  units: (service: NodeId) => number = () => 1,
  semanticLock = false
): Readonly<Record<NodeId, Config>> => ({
  orchestrator: { role: 'orchestrator', definition, recovery },
  ...Object.fromEntries(
    definition.stages
      .flat()
      .map(({ service }): [NodeId, Config] => [service, { role: 'service', units: units(service), semanticLock }])
  )
})

/** A client begins a saga. The first is called `trip#1`, or `trip` if there is only one. */
export const beginTrip = (times = 1): ModelRequest<SagaProtocol> => ({
  name: 'trip',
  request: { type: 'begin-saga' },
  at: ['orchestrator'],
  times
})

/** A client asks to undo it. */
export const abortTrip = (saga = 'trip'): ModelRequest<SagaProtocol> => ({
  name: `abort-${saga}`,
  request: { type: 'abort-saga', saga },
  at: ['orchestrator']
})

/** A client asks what has become of it. */
export const askStatus = (times = 1, saga = 'trip'): ModelRequest<SagaProtocol> => ({
  name: `ask-${saga}`,
  request: { type: 'ask-status', saga },
  at: ['orchestrator'],
  times
})
