/** Election of the highest number on a ring. */
import type { Protocol } from '../kernel/index.ts'
import { Message } from './messages.ts'
import { Durable, durable } from './state.ts'
import { initial, recover, rules, step, type RingElection } from './transitions.ts'

export const ringElection: Protocol<RingElection> = {
  name: 'ring-election',
  wireVersion: 1,
  codecs: { message: Message, durable: Durable },
  rules,
  timers: ['begin'],
  initial,
  step,
  durable,
  recover
}
