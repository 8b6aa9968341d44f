/** The clauses by name, and the types of the protocol. */
import type { Event, Signature, Step } from '../kernel/index.ts'
import type { Message, Request, Response } from './messages.ts'
import type { Config, State, Timer } from './state.ts'

export const rules = [
  // the orchestrator
  'open-log',
  'begin-saga',
  'count-done',
  'start-next-stage',
  'complete-saga',
  'compensate-on-refusal',
  'wait-for-service',
  'abort-on-command',
  'abort-too-late',
  'tell-status',
  'count-compensated',
  'compensate-previous-stage',
  'end-compensated',
  'ignore-late-answer',
  'retry',
  'ignore-timeout',
  'recover-idle',
  'recover-backward',
  'recover-forward',
  // a service
  'open-service',
  'do-step',
  'refuse-step',
  'make-wait-for-lock',
  'make-wait-for-unit',
  'repeat-answer',
  'refuse-late-step',
  'undo-step',
  'undo-nothing',
  'add-unit',
  'reopen-service',
  // both
  'refuse-client',
  'ignore-misdirected'
] as const
export type Rule = (typeof rules)[number]

export type SagaProtocol = Signature<{
  config: Config
  state: State
  durable: State
  message: Message
  timer: Timer
  request: Request
  response: Response
  rule: Rule
}>
export type Happening = Event<SagaProtocol>
export type Move = Step<SagaProtocol>
