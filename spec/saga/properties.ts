/**
 * What sagas promise: all of the steps, or each step that ran and its compensation, in reverse order ([GS87]); each once.
 * What is looked at is what the services did, not what they say.
 */
import { allDistinct, always, history, reachable, type NodeId, type NodeView, type View } from '../kernel/index.ts'
import type { Response } from './messages.ts'
import type { SagaProtocol } from './rules.ts'
import { taken } from './service.ts'
import type { Definition, Entry, Saga, SagaStep, Service, State } from './state.ts'

type Node = NodeView<SagaProtocol>
type Seen = View<SagaProtocol>['nodes']

const contentOf = (node: Node): State => (node.up ? node.state : node.durable)

const services = (nodes: Seen): ReadonlyArray<Service> =>
  nodes.map(contentOf).filter((content) => content.role === 'service')

const sagas = (nodes: Seen): ReadonlyArray<Saga> =>
  nodes.map(contentOf).flatMap((content) => (content.role === 'orchestrator' ? content.sagas : []))

const sagaIds = (nodes: Seen): ReadonlyArray<string> => [
  ...new Set(services(nodes).flatMap(({ ledger }) => ledger.map(({ saga }) => saga)))
]

const did = (nodes: Seen, service: NodeId, saga: string, what: Entry['did']): boolean =>
  nodes.some((node) => {
    const content = contentOf(node)
    return (
      node.id === service &&
      content.role === 'service' &&
      content.ledger.some((entry) => entry.saga === saga && entry.did === what)
    )
  })

const hasDone = (nodes: Seen, saga: string, { service, action }: SagaStep): boolean => did(nodes, service, saga, action)

const hasUndone = (nodes: Seen, saga: string, { service, action }: SagaStep): boolean =>
  action === 'take' && did(nodes, service, saga, 'give-back')

/** Each step and each compensation takes effect at most once. */
export const atMostOnce = always<SagaProtocol>('at-most-once', ({ nodes }) =>
  services(nodes).every(({ ledger }) => allDistinct(ledger.map(({ saga, did: what }) => `${saga} ${what}`)))
)

/** Nothing is undone that was not done before, and nothing is done after it was undone. */
export const undoneAfterDone = always<SagaProtocol>('undone-after-done', ({ nodes }) =>
  services(nodes).every(({ ledger }) =>
    ledger.every(
      ({ saga, did: what }, index) =>
        what !== 'give-back' || ledger.slice(0, index).some((entry) => entry.saga === saga && entry.did === 'take')
    )
  )
)

/** A service never gives away more than it has. */
export const withinUnits = always<SagaProtocol>('within-units', ({ nodes }) =>
  services(nodes).every((service) => taken(service).length <= service.units)
)

/** A saga that ended as completed did all its steps and undid none. */
export const completedDidAll = ({ stages }: Definition) =>
  always<SagaProtocol>('completed-did-all', ({ nodes }) =>
    sagas(nodes)
      .filter((saga) => saga.phase === 'ended' && saga.outcome === 'completed')
      .every(({ id }) => stages.flat().every((one) => hasDone(nodes, id, one) && !hasUndone(nodes, id, one)))
  )

/** A saga that ended as compensated left nothing behind: each step that ran was undone, and none runs any more. */
export const compensatedUndidAll = ({ stages }: Definition) =>
  always<SagaProtocol>('compensated-undid-all', ({ nodes }) =>
    sagas(nodes)
      .filter((saga) => saga.phase === 'ended' && saga.outcome === 'compensated')
      .every(({ id }) => stages.flat().every((one) => hasDone(nodes, id, one) === hasUndone(nodes, id, one)))
  )

/** Stages run in order: one that has begun finds those before it done. */
export const inOrder = ({ stages }: Definition) =>
  always<SagaProtocol>('in-order', ({ nodes }) =>
    sagaIds(nodes).every((id) =>
      stages.every(
        (stage, index) =>
          !stage.some((one) => hasDone(nodes, id, one)) ||
          stages
            .slice(0, index)
            .flat()
            .every((earlier) => hasDone(nodes, id, earlier))
      )
    )
  )

/** Stages are undone in reverse order: one that is being undone finds those after it undone, as far as they ran. */
export const inReverseOrder = ({ stages }: Definition) =>
  always<SagaProtocol>('in-reverse-order', ({ nodes }) =>
    sagaIds(nodes).every((id) =>
      stages.every(
        (stage, index) =>
          !stage.some((one) => hasUndone(nodes, id, one)) ||
          stages
            .slice(index + 1)
            .flat()
            .every((later) => hasDone(nodes, id, later) === hasUndone(nodes, id, later))
      )
    )
  )

/** Once the pivot is done, nothing is undone. [MRSK92] */
export const noReturnAfterPivot = ({ stages, pivot }: Definition) =>
  always<SagaProtocol>('no-return-after-pivot', ({ nodes }) =>
    sagaIds(nodes).every(
      (id) =>
        pivot === null ||
        !(stages[pivot] ?? []).some((one) => hasDone(nodes, id, one)) ||
        !stages.flat().some((one) => hasUndone(nodes, id, one))
    )
  )

/**
 * Who was refused for want of a unit was refused because of takings that last. Sagas do not promise it: what another saga
 * has done so far can be seen, and can still be undone ([GS87]; a dirty read, [Richardson18] ch. 4).
 */
export const refusalsLast = always<SagaProtocol>('refusals-last', ({ nodes }) =>
  services(nodes).every(
    (service) => !Object.values(service.answered).includes('refused') || taken(service).length >= service.units
  )
)

/** What clients are told of a saga that ended is told ever after, and one that began is not forgotten. */
export const toldForGood = history<SagaProtocol, ReadonlyArray<string>>('told-for-good', {
  initial: [],
  next: (told, record) => (record.type === 'reply' ? withTold(told, record.response) : told),
  holds: (told) => told.length <= 1
})

const withTold = (told: ReadonlyArray<string>, response: Response): ReadonlyArray<string> => {
  if (response.type !== 'status') return told
  const { status } = response
  if (status === 'unknown') return told.length === 0 ? told : [...told, 'forgotten']
  const known = status === 'completed' || status === 'compensated' ? status : 'begun'
  if (told.includes(known)) return told
  return told.length === 0 || (told.length === 1 && told[0] === 'begun') ? [known] : [...told, known]
}

export const completes = reachable<SagaProtocol>('a-saga-completes', ({ nodes }) =>
  sagas(nodes).some((saga) => saga.phase === 'ended' && saga.outcome === 'completed')
)

/** One that had done something. */
export const isCompensated = reachable<SagaProtocol>('a-saga-is-compensated', ({ nodes }) =>
  sagas(nodes).some(
    (saga) =>
      saga.phase === 'ended' &&
      saga.outcome === 'compensated' &&
      services(nodes).some(({ ledger }) => ledger.some((entry) => entry.saga === saga.id))
  )
)

/** Where a run may stop. */
export const allEnded = ({ nodes }: View<SagaProtocol>): boolean => sagas(nodes).every(({ phase }) => phase === 'ended')

/** All that sagas promise, for one definition; and that both ends can be reached. */
export const sagaPromises = (definition: Definition) => [
  atMostOnce,
  undoneAfterDone,
  withinUnits,
  completedDidAll(definition),
  compensatedUndidAll(definition),
  inOrder(definition),
  inReverseOrder(definition),
  noReturnAfterPivot(definition),
  completes,
  isCompensated
]
