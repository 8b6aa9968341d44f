/** The types of the protocol in one place, and the names of its clauses. */
import type { Effect, Event, Signature, Step } from '../kernel/index.ts'
import type { Message, Request, Response } from './messages.ts'
import type { Config, Durable, State } from './state.ts'

export const rules = [
  'start-store',
  'begin',
  'ignore-second-begin',
  'read-version',
  'read-own-write',
  'scan',
  'keep-write',
  'wait-for-first-updater',
  'first-updater-wins',
  'break-deadlock',
  'abort-unsafe-read',
  'abort-unsafe-write',
  'commit',
  'commit-read-only',
  'first-committer-wins',
  'abort-stale-reads',
  'abort-pivot',
  'roll-back',
  'refuse-unknown-transaction',
  'collect-garbage',
  'nothing-to-collect',
  'refuse-client',
  'ignore-answer-at-store',
  'replay-log',
  'start-session',
  'begin-transaction',
  'next-operation',
  'end-transaction',
  'tell-committed',
  'tell-aborted',
  'refuse-while-busy',
  'ignore-stray',
  'ignore-vacuum',
  'forget-transaction'
] as const
export type Rule = (typeof rules)[number]

export type Mvcc = Signature<{
  config: Config
  state: State
  durable: Durable
  message: Message
  request: Request
  response: Response
  timer: 'vacuum'
  rule: Rule
}>

export type Happening = Event<Mvcc>
export type Move = Step<Mvcc>
export type Doing = Effect<Mvcc>
