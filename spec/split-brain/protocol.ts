/** Primary-backup replication with failover among the servers: who does what, at a glance. */
import type { Protocol } from '../kernel/index.ts'
import { Message, recordOf, Request, Response, ServerRecord } from '../primary-backup/index.ts'
import { rules, type SplitBrain } from './rules.ts'
import { initial, recover, step } from './transitions.ts'

export const splitBrain: Protocol<SplitBrain> = {
  name: 'split-brain',
  wireVersion: 1,
  codecs: { message: Message, durable: ServerRecord, request: Request, response: Response },
  rules,
  timers: ['beat', 'silence'],
  initial,
  step,
  durable: recordOf,
  recover
}
