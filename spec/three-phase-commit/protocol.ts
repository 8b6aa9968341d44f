/** Three-phase commit: who does what, at a glance. */
import type { Protocol } from '../kernel/index.ts'
import { Message, Request, Response } from './messages.ts'
import { rules, type ThreePhaseCommit } from './rules.ts'
import { Durable, durable } from './state.ts'
import { initial, recover, step } from './transitions.ts'

export const threePhaseCommit: Protocol<ThreePhaseCommit> = {
  name: 'three-phase-commit',
  wireVersion: 1,
  codecs: { message: Message, durable: Durable, request: Request, response: Response },
  rules,
  timers: ['patience'],
  initial,
  step,
  durable,
  recover
}
