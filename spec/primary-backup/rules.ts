/** The clauses, and the protocol's types under one name. */
import type { Event, Signature, Step } from '../kernel/index.ts'
import type { Message, Request, Response } from './messages.ts'
import type { Config, Durable, Server, ServerRecord, State, Timer } from './state.ts'

/** Of servers, whoever makes the views: entering them in views.ts, then serving.ts, following.ts, servers.ts. */
export const replicationRules = [
  'start-server',
  // entering a view
  'enter-as-backup',
  'enter-as-outsider',
  'ignore-old-view',
  // its log
  'collect-report',
  'choose-log',
  'ignore-report',
  'note-transfer',
  'serve',
  // requests
  'replicate',
  'answer-at-once',
  'note-copy',
  'acknowledge',
  'refuse-client',
  // backups
  'take-log',
  'take-entries',
  'confirm-again',
  'hear-heartbeat',
  'ignore-gap',
  // other views
  'fence-off',
  'ignore-stale',
  'ignore-early',
  'ignore-misdirected',
  // time and crashes
  'beat',
  'miss-nobody',
  'report-again',
  'send-again',
  'recover-outsider',
  'recover-backup',
  'recover-primary'
] as const

/** Of servers that a view service makes primary. */
export const appointmentRules = ['enter-as-primary', 'enter-alone', 'ask-to-serve', 'ignore-activation'] as const

export const rules = [
  ...replicationRules,
  ...appointmentRules,
  'ask-to-join',
  'ask-to-take-over',
  'ask-to-go-on-without',
  // the view service
  'start-view-service',
  'accept-view',
  'ignore-proposal',
  'announce-again',
  'activate-view',
  'activate-again',
  'ignore-complete',
  'recover-view-service'
] as const
export type Rule = (typeof rules)[number]

export type PrimaryBackup = Signature<{
  config: Config
  state: State
  durable: Durable
  message: Message
  timer: Timer
  request: Request
  response: Response
  rule: Rule
}>

/** A server, whoever makes the views. */
export type Replica = Signature<{
  config: never
  state: Server
  durable: ServerRecord
  message: Message
  timer: Timer
  request: Request
  response: Response
  rule: (typeof replicationRules)[number] | (typeof appointmentRules)[number]
}>
export type ReplicaMove = Step<Replica>

/** What the properties of replication read, of this protocol and of those that build on it. */
export type Replication = Signature<{
  config: unknown
  state: State
  durable: Durable
  message: Message
  timer: Timer
  request: Request
  response: Response
  rule: string
}>

export type Happening = Event<PrimaryBackup>
export type Move = Step<PrimaryBackup>
