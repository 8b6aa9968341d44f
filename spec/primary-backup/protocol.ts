/** Primary-backup replication: who does what, at a glance. */
import type { Protocol } from '../kernel/index.ts'
import { Message, Request, Response } from './messages.ts'
import { rules, type PrimaryBackup } from './rules.ts'
import { Durable, durable } from './state.ts'
import { initial, recover, step } from './transitions.ts'

export const primaryBackup: Protocol<PrimaryBackup> = {
  name: 'primary-backup',
  wireVersion: 1,
  codecs: { message: Message, durable: Durable, request: Request, response: Response },
  rules,
  timers: ['beat', 'silence'],
  initial,
  step,
  durable,
  recover
}
