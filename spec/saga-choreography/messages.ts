/** The events that services publish, and what clients ask. [Richardson18] ch. 4, choreography-based sagas */
import * as t from 'io-ts'
import { closed, NodeId } from '../kernel/index.ts'

/** A saga is called by the name of the request that began it. It is the idempotency key of all that is done for it. */
const saga = { saga: NodeId } as const

/** To the next service of the chain: I have done my step, it is your turn. */
export const StepDone = closed('StepDone', { type: t.literal('step-done'), ...saga })

/** To the previous service: the saga ends here, and I have nothing of it any more; undo your step. */
export const Failed = closed('Failed', { type: t.literal('failed'), ...saga })

/** To the next service: the client has changed its mind; turn the saga around if it can be. */
export const Cancelled = closed('Cancelled', { type: t.literal('cancelled'), ...saga })

/** To all others: the last step is done. */
export const Completed = closed('Completed', { type: t.literal('completed'), ...saga })

export const Published = t.union([StepDone, Failed, Cancelled, Completed])
export type Published = t.TypeOf<typeof Published>

/** From who has taken an event in, and put what it did about it on disk: publish it no more. */
export const Received = closed('Received', { type: t.literal('received'), event: Published })

export const Message = t.union([StepDone, Failed, Cancelled, Completed, Received])
export type Message = t.TypeOf<typeof Message>

/** To the first service: begin a saga, called by the name of this request. */
const BeginSaga = closed('BeginSaga', { type: t.literal('begin-saga') })

/** To the first service: undo a saga, unless it is completed before the news gets to where it is. */
const CancelSaga = closed('CancelSaga', { type: t.literal('cancel-saga'), ...saga })

/** What has become of the saga, as far as this service knows? */
const AskStand = closed('AskStand', { type: t.literal('ask-stand'), ...saga })

export const Request = t.union([BeginSaga, CancelSaga, AskStand])
export type Request = t.TypeOf<typeof Request>

/** How a service stands to a saga. */
export const Stand = t.union([
  t.literal('done'), // the step is done, and may still be undone
  t.literal('completed'), // the step is done, and so are all others
  t.literal('refused'), // the step could not be done, and never will be
  t.literal('undone'), // the step was done, and is undone
  t.literal('barred') // the saga was cancelled before the step came, which will not be done
])
export type Stand = t.TypeOf<typeof Stand>

/** How this service stands to the saga, on disk when it is told; null where it has not heard of it. */
const Standing = closed('Standing', { type: t.literal('standing'), stand: t.union([Stand, t.null]) })

/** Only the first service begins and cancels sagas; nothing has happened. */
const NotFirst = closed('NotFirst', { type: t.literal('not-first') })

export const Response = t.union([Standing, NotFirst])
export type Response = t.TypeOf<typeof Response>
