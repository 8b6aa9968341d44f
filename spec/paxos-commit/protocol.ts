/** Paxos Commit: who does what, at a glance. */
import type { Protocol } from '../kernel/index.ts'
import { Message, Request, Response } from './messages.ts'
import { rules, type PaxosCommit } from './rules.ts'
import { Durable, durable } from './state.ts'
import { initial, recover, step } from './transitions.ts'

export const paxosCommit: Protocol<PaxosCommit> = {
  name: 'paxos-commit',
  wireVersion: 1,
  codecs: { message: Message, durable: Durable, request: Request, response: Response },
  rules,
  timers: ['patience'],
  initial,
  step,
  durable,
  recover
}
