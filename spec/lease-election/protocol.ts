/** Leadership on lease: for a while, by the clock. */
import type { Protocol } from '../kernel/index.ts'
import { Message, Request, Response } from './messages.ts'
import { Durable, durable } from './state.ts'
import { initial, recover, rules, step, type LeaseElection } from './transitions.ts'

export const leaseElection: Protocol<LeaseElection> = {
  name: 'lease-election',
  wireVersion: 1,
  codecs: { message: Message, durable: Durable, request: Request, response: Response },
  rules,
  timers: ['tick', 'campaign'],
  initial,
  step,
  durable,
  recover
}
