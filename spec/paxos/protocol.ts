/** Single-decree Paxos: who does what, at a glance. */
import type { Protocol } from '../kernel/index.ts'
import { Message, Request, Response } from './messages.ts'
import { rules, type Paxos } from './rules.ts'
import { Durable, durable } from './state.ts'
import { initial, recover, step } from './transitions.ts'

export const paxos: Protocol<Paxos> = {
  name: 'paxos',
  wireVersion: 1,
  codecs: { message: Message, durable: Durable, request: Request, response: Response },
  rules,
  timers: ['retry'],
  initial,
  step,
  durable,
  recover
}
