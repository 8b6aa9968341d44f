/** The clauses by name, and the types of the protocol. */
import type { Event, Self, Signature, Step } from '../kernel/index.ts'
import type { Message, Request, Response } from './messages.ts'
import type { Config, Durable, State, Timer } from './state.ts'

export const rules = [
  'start',
  'recover',
  // a proposer
  'prepare',
  'prepare-again',
  'join-proposal',
  'count-promise',
  'propose-own-value',
  'propose-accepted-value',
  'ignore-promise',
  'ignore-timeout',
  // an acceptor
  'promise',
  'ignore-prepare',
  'accept',
  'ignore-accept',
  // a learner
  'count-acceptance',
  'choose',
  'ignore-acceptance',
  'learn',
  'ignore-chosen',
  'tell-outcome',
  'answer-client'
] as const
export type Rule = (typeof rules)[number]

export type Paxos = Signature<{
  config: Config
  state: State
  durable: Durable
  message: Message
  timer: Timer
  request: Request
  response: Response
  rule: Rule
}>
export type Node = Self<Paxos>
export type Happening = Event<Paxos>
export type Move = Step<Paxos>
