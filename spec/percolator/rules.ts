/** The types of the protocol in one place, and the names of its clauses. */
import type { Event, Signature, Step } from '../kernel/index.ts'
import type { Message, Request, Response } from './messages.ts'
import type { Config, Durable, State } from './state.ts'

export const rules = [
  'start',
  'recover',
  'give-timestamp',
  'give-the-same',
  'get',
  'get-meets-lock',
  'lock',
  'lock-again',
  'refuse-lock',
  'commit-lock',
  'commit-again',
  'lock-is-gone',
  'tell-outcome',
  'roll-back',
  'roll-forward-lock',
  'roll-back-lock',
  'nothing-to-settle',
  'begin',
  'next-operation',
  'ask-primary',
  'settle-lock',
  'read-again',
  'commit-read-only',
  'lock-primary',
  'lock-secondaries',
  'count-lock',
  'ask-for-commit-timestamp',
  'abort-on-conflict',
  'commit-primary',
  'commit-secondaries',
  'abort-rolled-back',
  'resend',
  'refuse-while-busy',
  'refuse-client',
  'ignore-late-answer',
  'ignore-misdirected'
] as const
export type Rule = (typeof rules)[number]

export type Percolator = Signature<{
  config: Config
  state: State
  durable: Durable
  message: Message
  request: Request
  response: Response
  timer: 'resend'
  rule: Rule
}>

export type Happening = Event<Percolator>
export type Move = Step<Percolator>
