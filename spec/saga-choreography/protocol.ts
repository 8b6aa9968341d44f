/** Sagas by choreography: who does what, at a glance. */
import type { Protocol } from '../kernel/index.ts'
import { Message, Request, Response } from './messages.ts'
import { durable, State } from './state.ts'
import { initial, recover, rules, step, type SagaChoreography } from './transitions.ts'

export const sagaChoreography: Protocol<SagaChoreography> = {
  name: 'saga-choreography',
  wireVersion: 1,
  codecs: { message: Message, durable: State, request: Request, response: Response },
  rules,
  timers: ['republish'],
  initial,
  step,
  durable,
  recover
}
