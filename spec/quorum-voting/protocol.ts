/** Quorum voting: a register that any read quorum can read and any write quorum can write. */
import type { Protocol } from '../kernel/index.ts'
import { Message, Request, Response } from './messages.ts'
import { Durable, durable } from './state.ts'
import { initial, recover, rules, step, type QuorumVoting } from './transitions.ts'

export const quorumVoting: Protocol<QuorumVoting> = {
  name: 'quorum-voting',
  wireVersion: 1,
  codecs: { message: Message, durable: Durable, request: Request, response: Response },
  rules,
  timers: ['resend'],
  initial,
  step,
  durable,
  recover
}
