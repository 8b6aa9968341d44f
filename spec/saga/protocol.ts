/** Sagas with an orchestrator: who does what, at a glance. */
import type { Protocol } from '../kernel/index.ts'
import { Message, Request, Response } from './messages.ts'
import { rules, type SagaProtocol } from './rules.ts'
import { durable, State } from './state.ts'
import { initial, recover, step } from './transitions.ts'

export const saga: Protocol<SagaProtocol> = {
  name: 'saga',
  wireVersion: 1,
  codecs: { message: Message, durable: State, request: Request, response: Response },
  rules,
  timers: ['retry'],
  initial,
  step,
  durable,
  recover
}
