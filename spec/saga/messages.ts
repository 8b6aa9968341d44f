/** What the orchestrator, the services and clients say to each other. [GS87], [Richardson18] ch. 4 */
import * as t from 'io-ts'
import { closed, NodeId } from '../kernel/index.ts'

/** A saga is called by the name of the request that began it. */
const SagaId = NodeId

/**
 * What a service does in a saga. `take`: take one unit of what the service has, a seat, a room, an amount of money; its
 * compensation gives the unit back. `confirm`: make the taking final; it has no compensation.
 */
export const Action = t.union([t.literal('take'), t.literal('confirm')])
export type Action = t.TypeOf<typeof Action>

// Saga and action together are the idempotency key: a service does each at most once, however often it is asked.
const key = { saga: SagaId, action: Action } as const

/** The orchestrator asks for the transaction T of a step. `mayRefuse` is false for a step that must succeed in the end. */
export const Execute = closed('Execute', { type: t.literal('execute'), ...key, mayRefuse: t.boolean })

/** The orchestrator asks for the compensating transaction C of a step, which never fails. */
export const Compensate = closed('Compensate', { type: t.literal('compensate'), ...key })

/** The service did T. */
export const Done = closed('Done', { type: t.literal('done'), ...key })

/** The service did not do T and never will. */
export const Refused = closed('Refused', { type: t.literal('refused'), ...key })

/** The service cannot do T now and has kept no record of it: ask again. */
export const Busy = closed('Busy', { type: t.literal('busy'), ...key })

/** The service has undone T, or has made sure that it will never do it. */
export const Compensated = closed('Compensated', { type: t.literal('compensated'), ...key })

export type Execute = t.TypeOf<typeof Execute>
export type Compensate = t.TypeOf<typeof Compensate>

export const Answer = t.union([Done, Refused, Busy, Compensated])
export type Answer = t.TypeOf<typeof Answer>

export const Message = t.union([Execute, Compensate, Done, Refused, Busy, Compensated])
export type Message = t.TypeOf<typeof Message>

/** Begin-saga, to the orchestrator: run a saga, called by the name of this request. */
const BeginSaga = closed('BeginSaga', { type: t.literal('begin-saga') })

/** Abort-saga, to the orchestrator: undo it, unless it is past the point of no return. */
const AbortSaga = closed('AbortSaga', { type: t.literal('abort-saga'), saga: SagaId })

/** To the orchestrator: what has become of it? */
const AskStatus = closed('AskStatus', { type: t.literal('ask-status'), saga: SagaId })

/** To a service: there is one unit more to take. */
const AddUnit = closed('AddUnit', { type: t.literal('add-unit') })

export const Request = t.union([BeginSaga, AbortSaga, AskStatus, AddUnit])
export type Request = t.TypeOf<typeof Request>

/** How a saga ends. */
export const Outcome = t.union([t.literal('completed'), t.literal('compensated')])
export type Outcome = t.TypeOf<typeof Outcome>

/** What the orchestrator's log says of a saga; on disk when it is told. */
const Status = closed('Status', {
  type: t.literal('status'),
  status: t.union([t.literal('unknown'), t.literal('running'), t.literal('compensating'), Outcome])
})

/** How many units the service has in all, taken ones included. */
const Units = closed('Units', { type: t.literal('units'), units: t.number })

/** The request is for another kind of node; nothing has happened. */
const WrongNode = closed('WrongNode', { type: t.literal('wrong-node') })

export const wrongNode = { type: 'wrong-node' } as const

export const Response = t.union([Status, Units, WrongNode])
export type Response = t.TypeOf<typeof Response>
