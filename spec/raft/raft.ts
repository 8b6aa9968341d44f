/** The clauses of Raft, by concern, and the types that they speak of. */
import type { Effect, Event, Self, Signature, Step } from '../kernel/index.ts'
import type { Applied, Request, Response } from './clients.ts'
import type { Message } from './messages.ts'
import type { Config, Durable, State, Timer } from './state.ts'

export const rules = [
  'start',
  'recover',
  // election
  'start-election',
  'grant-vote',
  'deny-stale-candidate',
  'deny-already-voted',
  'deny-outdated-log',
  'count-vote',
  'win-election',
  'ignore-refusal',
  'ignore-vote',
  'learn-newer-term',
  // pre-vote, check-quorum, transfer of leadership
  'ask-around',
  'grant-pre-vote',
  'deny-pre-vote',
  'count-pre-vote',
  'disregard-candidate',
  'stay-in-office',
  'step-down-unheard',
  'begin-transfer',
  'refuse-transfer',
  'refuse-in-transfer',
  'abandon-transfer',
  'start-election-at-once',
  // replication
  'redirect-client',
  'append-command',
  'write-log',
  'send-heartbeats',
  'refuse-stale-leader',
  'reject-gap',
  'reject-conflict',
  'accept-heartbeat',
  'append-entries',
  'replace-conflicting-entries',
  'note-match',
  'note-contact',
  'commit',
  'back-up',
  'ignore-old-reply',
  'apply-more',
  // snapshots
  'compact-log',
  'ignore-old-snapshot',
  'install-snapshot',
  'install-snapshot-of-prefix',
  'ignore-known-snapshot',
  // membership
  'change-membership',
  'begin-joint-consensus',
  'refuse-invalid-change',
  'refuse-pending-change',
  'refuse-early-change',
  'refuse-lagging-change',
  'commit-own-removal',
  'stay-out',
  // reads
  'begin-round',
  'await-round',
  'read-by-lease',
  'lease-ends',
  // all
  'ignore-timeout',
  'ignore-stale-message'
] as const
export type Rule = (typeof rules)[number]

export type Raft = Signature<{
  config: Config
  state: State
  durable: Durable
  message: Message
  timer: Timer
  request: Request
  response: Response
  entry: Applied
  content: unknown
  rule: Rule
}>

export type Server = Self<Raft>
export type Happening = Event<Raft>
export type Outward = Effect<Raft>
export type Move = Step<Raft>

/** Part of a step: a state, and what the world was asked on the way to it. */
export interface Change<S extends State = State> {
  readonly state: S
  readonly effects: ReadonlyArray<Outward>
}

/** One part of a step after the other. */
export const andThen = <A extends State, B extends State>(
  change: Change<A>,
  next: (state: A) => Change<B>
): Change<B> => {
  const { state, effects } = next(change.state)
  return { state, effects: [...change.effects, ...effects] }
}

/** A part of a step that does nothing. */
export const unchanged = <S extends State>(state: S): Change<S> => ({ state, effects: [] })

/** The parts of a step, under the name of the clause that fired. */
export const moved = (rule: Rule, { state, effects }: Change): Move => ({ rule, state, effects })
