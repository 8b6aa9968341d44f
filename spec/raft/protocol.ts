/** Raft: who does what, at a glance. */
import * as t from 'io-ts'
import type { Protocol } from '../kernel/index.ts'
import { Applied, Request, Response } from './clients.ts'
import { Message } from './messages.ts'
import { rules, type Raft } from './raft.ts'
import { Durable, durable } from './state.ts'
import { initial, recover, step } from './transitions.ts'

export const raft: Protocol<Raft> = {
  name: 'raft',
  wireVersion: 1,
  codecs: {
    message: Message,
    durable: Durable,
    request: Request,
    response: Response,
    entry: Applied,
    content: t.unknown
  },
  rules,
  timers: ['election', 'heartbeat', 'lease', 'apply', 'write'],
  initial,
  step,
  durable,
  recover
}
