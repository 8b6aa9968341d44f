/** Multiversion concurrency control: who does what, at a glance. */
import type { Protocol } from '../kernel/index.ts'
import { Message, Request, Response } from './messages.ts'
import { rules, type Mvcc } from './rules.ts'
import { Durable, durable } from './state.ts'
import { initial, recover, step } from './transitions.ts'

export const mvcc: Protocol<Mvcc> = {
  name: 'mvcc',
  wireVersion: 1,
  codecs: { message: Message, durable: Durable, request: Request, response: Response },
  rules,
  timers: ['vacuum'],
  initial,
  step,
  durable,
  recover
}
