/** What nodes say to each other. [GM82] */
import * as t from 'io-ts'
import { closed } from '../kernel/index.ts'

/** To all higher nodes: are you up? */
export const AreYouUp = closed('AreYouUp', { type: t.literal('are-you-up') })

/** To a lower node: yes, so leave the election to me. */
export const IAmUp = closed('IAmUp', { type: t.literal('i-am-up') })

/** To all lower nodes: stop what you do under another coordinator. */
export const Halt = closed('Halt', { type: t.literal('halt') })

/** To the node that sent `halt`: I have stopped. */
export const Halted = closed('Halted', { type: t.literal('halted') })

/** To the nodes that have stopped: go on, under me. */
export const NewCoordinator = closed('NewCoordinator', { type: t.literal('new-coordinator') })

/** Coordinator to the others, from time to time: I am still up. */
export const Heartbeat = closed('Heartbeat', { type: t.literal('heartbeat') })

export const Message = t.union([AreYouUp, IAmUp, Halt, Halted, NewCoordinator, Heartbeat])
export type Message = t.TypeOf<typeof Message>
