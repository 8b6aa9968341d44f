/** The clauses by name, and the types of the protocol. */
import { startTimer, type Event, type NodeId, type Self, type Signature, type Step } from '../kernel/index.ts'
import type { Message, Request, Response } from './messages.ts'
import type { Config, Durable, State, Timer } from './state.ts'

export const rules = [
  // the coordinator
  'await-client',
  'ask-for-votes',
  'await-outcome',
  'tell-outcome',
  'tell-not-known-yet',
  'count-yes',
  'pre-commit-on-last-yes',
  'abort-on-no',
  'abort-on-failed-voter',
  'abort-on-missing-votes',
  'count-ack',
  'commit-on-last-ack',
  'do-without-failed',
  'commit-without-failed',
  'ignore-vote',
  // a participant
  'await-vote-request',
  'vote-yes',
  'vote-no',
  'vote-no-after-abort',
  'ignore-vote-request',
  'move-to-prepared',
  'move-to-wait',
  'abort-before-vote',
  'ignore-superseded',
  'ignore-misdirected',
  'refuse-client',
  // a participant that hears of a failure, and the backup coordinator
  'note-failure',
  'follow-backup',
  'abort-as-backup',
  'move-others-to-wait',
  'move-others-to-prepared',
  'decide-alone',
  'decide-without-failed',
  'count-ack-as-backup',
  'decide-on-last-ack',
  'ignore-decision-request',
  // all
  'learn-decision',
  'learn-and-tell-decision',
  'ignore-decision',
  'answer-with-decision',
  'tell-decision-on-failure',
  'ignore-ack',
  'ignore-failure',
  'ignore-while-recovered',
  'ask-who-came-back',
  'ask-again',
  'ignore-timeout',
  'recover-undecided',
  'recover-uncertain',
  'recover-decided'
] as const
export type Rule = (typeof rules)[number]

export type ThreePhaseCommit = Signature<{
  config: Config
  state: State
  durable: Durable
  message: Message
  timer: Timer
  request: Request
  response: Response
  rule: Rule
}>
export type Site = Self<ThreePhaseCommit>
export type Happening = Event<ThreePhaseCommit>
export type Move = Step<ThreePhaseCommit>

/** The first node of the cluster. */
export const coordinatorOf = ({ id, nodes }: Site): NodeId => nodes[0] ?? id

/** For a site that waits. */
export const patience = startTimer('patience')

export const request = { type: 'request' } as const
export const timeout = { type: 'timeout' } as const
export const message = <const Type>(type: Type) => ({ type: 'deliver', message: { type } }) as const
