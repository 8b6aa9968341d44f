/** Leader election by quorum, term by term, and a store that fences off older terms. */
import type { Protocol } from '../kernel/index.ts'
import { Message, Request, Response } from './messages.ts'
import { Durable, durable } from './state.ts'
import { initial, recover, rules, step, type QuorumElection } from './transitions.ts'

export const quorumElection: Protocol<QuorumElection> = {
  name: 'quorum-election',
  wireVersion: 1,
  codecs: { message: Message, durable: Durable, request: Request, response: Response },
  rules,
  timers: ['election', 'heartbeat'],
  initial,
  step,
  durable,
  recover
}
