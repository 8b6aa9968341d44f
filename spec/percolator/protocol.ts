/** Percolator: who does what, at a glance. */
import type { Protocol } from '../kernel/index.ts'
import { Message, Request, Response } from './messages.ts'
import { rules, type Percolator } from './rules.ts'
import { Durable, durable } from './state.ts'
import { initial, recover, step } from './transitions.ts'

export const percolator: Protocol<Percolator> = {
  name: 'percolator',
  wireVersion: 1,
  codecs: { message: Message, durable: Durable, request: Request, response: Response },
  rules,
  timers: ['resend'],
  initial,
  step,
  durable,
  recover
}
