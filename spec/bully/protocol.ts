/** The bully election. */
import type { Protocol } from '../kernel/index.ts'
import { Message } from './messages.ts'
import { Durable, durable } from './state.ts'
import { initial, recover, rules, step, type Bully } from './transitions.ts'

export const bully: Protocol<Bully> = {
  name: 'bully',
  wireVersion: 1,
  codecs: { message: Message, durable: Durable },
  rules,
  timers: ['patience', 'heartbeat'],
  initial,
  step,
  durable,
  recover
}
