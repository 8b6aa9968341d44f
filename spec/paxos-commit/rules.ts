/** The clauses by name, and the types of the protocol. */
import { fired, reply, type Event, type RequestId, type Self, type Signature, type Step } from '../kernel/index.ts'
import type { Message, Request, Response } from './messages.ts'
import type { Config, Durable, State, Timer } from './state.ts'

export const rules = [
  // a resource manager
  'await-prepare',
  'vote-prepared',
  'vote-aborted',
  'abort-before-vote',
  'repeat-vote',
  'repeat-vote-and-ask',
  'learn-decision',
  'ignore-decision',
  'recover-unvoted',
  'recover-prepared',
  'recover-decided',
  // an acceptor
  'await-ballots',
  'promise',
  'vote',
  'vote-and-report',
  'refuse-old-ballot',
  'reopen-votes',
  // a leader
  'await-client',
  'send-prepare',
  'await-outcome',
  'tell-outcome',
  'begin-ballot',
  'count-promise',
  'propose',
  'count-votes',
  'decide',
  'learn-from-leader',
  'answer-decision-request',
  'begin-watching',
  'ignore-other-ballot',
  'recover-undecided',
  'recover-and-resend',
  // all
  'ignore-timeout',
  'ignore-misdirected',
  'refuse-client'
] as const
export type Rule = (typeof rules)[number]

export type PaxosCommit = Signature<{
  config: Config
  state: State
  durable: Durable
  message: Message
  timer: Timer
  request: Request
  response: Response
  rule: Rule
}>
export type Node = Self<PaxosCommit>
export type Happening = Event<PaxosCommit>
export type Move = Step<PaxosCommit>

export const request = { type: 'request' } as const
export const timeout = { type: 'timeout' } as const
export const message = <const Type>(type: Type) => ({ type: 'deliver', message: { type } }) as const

/** Only leaders have clients. */
export const refuseClient = ({ config }: Node, state: State, client: RequestId): Move =>
  fired('refuse-client', state, reply<Response>(client, { type: 'not-leader', leaders: config.cluster.leaders }))
