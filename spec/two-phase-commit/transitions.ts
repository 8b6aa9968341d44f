/** The two-phase commit protocol with timeouts and recovery. [BHG87] §7.4, [GL06] §3 */
import { match, P } from 'ts-pattern'
import {
  fired,
  including,
  others,
  reply,
  send,
  sendAll,
  startTimer,
  stay,
  type Event,
  type NodeId,
  type RequestId,
  type Self,
  type Signature,
  type Step
} from '../kernel/index.ts'
import type { Decision, Message, Request, Response } from './messages.ts'
import type { Config, Coordinator, Durable, Participant, State, Timer } from './state.ts'

/** The clauses, in the order of this file. */
export const rules = [
  // the coordinator
  'await-client',
  'ask-for-votes',
  'await-outcome',
  'tell-outcome',
  'count-yes',
  'commit-on-last-yes',
  'abort-on-no',
  'ignore-vote',
  'abort-on-missing-votes',
  'answer-decision-request',
  'ignore-decision-request',
  'recover-undecided',
  'recover-and-resend',
  // a participant
  'await-vote-request',
  'vote-yes',
  'vote-no',
  'repeat-yes',
  'vote-no-after-abort',
  'ignore-vote-request',
  'learn-commit',
  'learn-abort',
  'ignore-decision',
  'abort-before-vote',
  'ask-for-decision',
  'refuse-client',
  'ignore-stranger',
  'recover-unvoted',
  'recover-prepared',
  'recover-decided',
  // both
  'ignore-timeout',
  'ignore-misdirected'
] as const

/** The clauses of cooperative termination, which takes the place of some of these: see cooperative.ts. */
export const cooperativeRules = [
  'ask-everybody',
  'recover-and-ask-everybody',
  'help-with-decision',
  'abort-to-help',
  'cannot-help',
  'learn-from-peer'
] as const
export type Rule = (typeof rules)[number] | (typeof cooperativeRules)[number]

export type TwoPhaseCommit = Signature<{
  config: Config
  state: State
  durable: Durable
  message: Message
  timer: Timer
  request: Request
  response: Response
  rule: Rule
}>
type Happening = Event<TwoPhaseCommit>
type Move = Step<TwoPhaseCommit>

const request = { type: 'request' } as const
const timeout = { type: 'timeout' } as const
const message = <const Type>(type: Type) => ({ type: 'deliver', message: { type } }) as const

export const step = (self: Self<TwoPhaseCommit>, state: State, event: Happening): Move =>
  match(state)
    .returnType<Move>()
    .with({ role: 'coordinator' }, (coordinator) => stepCoordinator(self, coordinator, event))
    .with({ role: 'participant' }, (participant) => stepParticipant(participant, event))
    .exhaustive()

export const initial = ({ config }: Self<TwoPhaseCommit>): Move =>
  match(config)
    .returnType<Move>()
    .with({ role: 'coordinator' }, () => fired('await-client', { role: 'coordinator', phase: 'initial' }))
    .with({ role: 'participant' }, ({ role, coordinator, vote }) =>
      fired('await-vote-request', { role, coordinator, phase: 'working', vote }, startTimer('patience'))
    )
    .exhaustive()

export const recover = (self: Self<TwoPhaseCommit>, disk: Durable): Move =>
  match(self.config)
    .returnType<Move>()
    .with({ role: 'coordinator' }, () => recoverCoordinator(self, disk))
    .with({ role: 'participant' }, ({ coordinator }) => recoverParticipant(coordinator, disk))
    .exhaustive()

// The coordinator ----------------------------------------------------------------------------------------------------

type Waiting = Extract<Coordinator, { readonly phase: 'waiting' }>

// No timer is stopped: one that goes off when nothing is awaited is ignored, and so is a vote.
const notWaiting = { phase: P.union('initial', 'decided') } as const

const stepCoordinator = (self: Self<TwoPhaseCommit>, state: Coordinator, event: Happening): Move =>
  match([state, event] as const)
    .returnType<Move>()
    .with([{ phase: 'initial' }, request], ([, { id }]) => askForVotes(self, id))
    .with([{ phase: 'waiting' }, request], ([waiting, { id }]) =>
      fired('await-outcome', { ...waiting, clients: including(waiting.clients, id) })
    )
    .with([{ phase: 'decided' }, request], ([{ decision }, { id }]) => fired('tell-outcome', state, tell(decision)(id)))
    .with([{ phase: 'waiting' }, message('yes')], ([waiting, { from }]) => onYes(self, waiting, from))
    .with([{ phase: 'waiting' }, message('no')], ([{ clients }]) => decide('abort-on-no', self, 'abort', clients))
    .with([notWaiting, message(P.union('yes', 'no'))], () => stay('ignore-vote', state))
    .with([{ phase: 'waiting' }, timeout], ([{ clients }]) => decide('abort-on-missing-votes', self, 'abort', clients))
    .with([notWaiting, timeout], () => stay('ignore-timeout', state))
    .with([{ phase: 'decided' }, message('decision-request')], ([{ decision }, { from }]) =>
      fired('answer-decision-request', state, send(from, { type: decision }))
    )
    // Whoever asks was impatient and will ask again.
    .with([{ phase: P.union('initial', 'waiting') }, message('decision-request')], () =>
      stay('ignore-decision-request', state)
    )
    .with([P._, message(P.union('vote-request', 'commit', 'abort'))], () => stay('ignore-misdirected', state))
    .exhaustive()

const askForVotes = (self: Self<TwoPhaseCommit>, client: RequestId): Move =>
  fired(
    'ask-for-votes',
    { role: 'coordinator', phase: 'waiting', yes: [], clients: [client] },
    sendAll(others(self), { type: 'vote-request' }),
    startTimer('patience')
  )

const onYes = (self: Self<TwoPhaseCommit>, waiting: Waiting, from: NodeId): Move => {
  const yes = including(waiting.yes, from)
  return others(self).every((participant) => yes.includes(participant))
    ? decide('commit-on-last-yes', self, 'commit', waiting.clients)
    : fired('count-yes', { ...waiting, yes })
}

/** The decision is durable before it leaves the node: that is the commit point. */
const decide = (rule: Rule, self: Self<TwoPhaseCommit>, decision: Decision, clients: ReadonlyArray<RequestId>): Move =>
  fired(
    rule,
    { role: 'coordinator', phase: 'decided', decision },
    sendAll(others(self), { type: decision }),
    clients.map(tell(decision))
  )

const tell = (decision: Decision) => (client: RequestId) => reply<Response>(client, { type: 'outcome', decision })

/**
 * A coordinator that finds no decision never sent one, so it may abort, whether it had asked for votes or not: this is
 * the presumption of abort of [MLO86], and spares the record of the start. One that finds a decision cannot know who
 * has heard it, and tells everybody again.
 */
const recoverCoordinator = (self: Self<TwoPhaseCommit>, disk: Durable): Move =>
  match(disk.record)
    .returnType<Move>()
    .with('commit', 'abort', (decision) => decide('recover-and-resend', self, decision, []))
    .with(null, 'yes', () => decide('recover-undecided', self, 'abort', []))
    .exhaustive()

// A participant ------------------------------------------------------------------------------------------------------

const undecided = { phase: P.union('working', 'prepared') } as const

const stepParticipant = (state: Participant, event: Happening): Move =>
  match([state, event] as const)
    .returnType<Move>()
    .with([P._, { type: 'deliver', from: P.when((from) => from !== state.coordinator) }], () =>
      stay('ignore-stranger', state)
    )
    .with([{ phase: 'working', vote: 'yes' }, message('vote-request')], () =>
      fired('vote-yes', prepared(state.coordinator), send(state.coordinator, { type: 'yes' }), startTimer('patience'))
    )
    .with([{ phase: 'working', vote: 'no' }, message('vote-request')], () =>
      fired('vote-no', decided(state.coordinator, 'abort'), send(state.coordinator, { type: 'no' }))
    )
    .with([{ phase: 'prepared' }, message('vote-request')], () =>
      fired('repeat-yes', state, send(state.coordinator, { type: 'yes' }))
    )
    .with([{ phase: 'decided', decision: 'abort' }, message('vote-request')], () =>
      fired('vote-no-after-abort', state, send(state.coordinator, { type: 'no' }))
    )
    .with([{ phase: 'decided', decision: 'commit' }, message('vote-request')], () => stay('ignore-vote-request', state))
    .with([undecided, message('commit')], () => fired('learn-commit', decided(state.coordinator, 'commit')))
    .with([undecided, message('abort')], () => fired('learn-abort', decided(state.coordinator, 'abort')))
    .with([{ phase: 'decided' }, message(P.union('commit', 'abort'))], () => stay('ignore-decision', state))
    .with([{ phase: 'working' }, timeout], () => fired('abort-before-vote', decided(state.coordinator, 'abort')))
    .with([{ phase: 'prepared' }, timeout], () => askForDecision('ask-for-decision', state.coordinator))
    .with([{ phase: 'decided' }, timeout], () => stay('ignore-timeout', state))
    .with([P._, request], ([{ coordinator }, { id }]) =>
      fired('refuse-client', state, reply(id, { type: 'not-coordinator', coordinator }))
    )
    .with([P._, message(P.union('yes', 'no', 'decision-request'))], () => stay('ignore-misdirected', state))
    .exhaustive()

const prepared = (coordinator: NodeId): Participant => ({
  role: 'participant',
  coordinator,
  phase: 'prepared'
})

const decided = (coordinator: NodeId, decision: Decision): Participant => ({
  role: 'participant',
  coordinator,
  phase: 'decided',
  decision
})

/** Asks, and will ask again: question or answer may get lost. Until the answer comes the participant is blocked. */
const askForDecision = (rule: Rule, coordinator: NodeId): Move =>
  fired(rule, prepared(coordinator), send(coordinator, { type: 'decision-request' }), startTimer('patience'))

/** A participant that finds no vote never sent a yes, so it may abort; one that finds its yes must ask. */
const recoverParticipant = (coordinator: NodeId, disk: Durable): Move =>
  match(disk.record)
    .returnType<Move>()
    .with(null, () => fired('recover-unvoted', decided(coordinator, 'abort')))
    .with('yes', () => askForDecision('recover-prepared', coordinator))
    .with('commit', 'abort', (decision) => fired('recover-decided', decided(coordinator, decision)))
    .exhaustive()
