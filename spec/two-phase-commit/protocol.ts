/** Two-phase commit: who does what, at a glance. */
import type { Protocol } from '../kernel/index.ts'
import { Message, Request, Response } from './messages.ts'
import { Durable, durable } from './state.ts'
import { initial, recover, rules, step, type TwoPhaseCommit } from './transitions.ts'

export const twoPhaseCommit: Protocol<TwoPhaseCommit> = {
  name: 'two-phase-commit',
  wireVersion: 1,
  codecs: { message: Message, durable: Durable, request: Request, response: Response },
  rules,
  timers: ['patience'],
  initial,
  step,
  durable,
  recover
}
