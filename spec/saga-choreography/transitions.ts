/** Sagas without an orchestrator: each service reacts to the events of its neighbours in a chain. [Richardson18] ch. 4 */
import { match, P } from 'ts-pattern'
import {
  fired,
  others,
  reply,
  send,
  startTimer,
  stay,
  type Event,
  type NodeId,
  type RequestId,
  type Self,
  type Signature,
  type Step
} from '../kernel/index.ts'
import type { Message, Published, Request, Response, Stand } from './messages.ts'
import type { Config, Entry, State, Timer, Unconfirmed } from './state.ts'

/** The clauses, in the order of this file. */
export const rules = [
  'open-service',
  // clients
  'begin-saga',
  'begin-and-refuse',
  'cancel-saga',
  'cancel-too-late',
  'tell-stand',
  'refuse-client',
  // forward
  'do-step',
  'do-last-step',
  'refuse-step',
  'learn-completion',
  // backward
  'undo-step',
  'pass-cancellation-on',
  'bar-step',
  // every event
  'confirm-again',
  'take-off-outbox',
  'republish',
  'ignore-timeout',
  'reopen-idle',
  'reopen-and-republish'
] as const
export type Rule = (typeof rules)[number]

export type SagaChoreography = Signature<{
  config: Config
  state: State
  durable: State
  message: Message
  timer: Timer
  request: Request
  response: Response
  rule: Rule
}>
type Happening = Event<SagaChoreography>
type Move = Step<SagaChoreography>
type Service = Self<SagaChoreography>

const unheardOf = undefined
const delivered = <const Type>(type: Type) => ({ type: 'deliver', message: { type } }) as const

export const initial = (): Move => fired('open-service', { ledger: [], stands: {}, outbox: [] })

export const step = (self: Service, state: State, event: Happening): Move =>
  match(event)
    .returnType<Move>()
    .with({ type: 'request' }, ({ id, request }) => onRequest(self, state, id, request))
    .with(delivered('step-done'), ({ from, message }) =>
      confirming(from, message, onStepDone(self, state, message.saga))
    )
    .with(delivered('completed'), ({ from, message }) => confirming(from, message, onCompleted(state, message.saga)))
    .with(delivered('failed'), ({ from, message }) => confirming(from, message, onFailed(self, state, message.saga)))
    .with(delivered('cancelled'), ({ from, message }) =>
      confirming(from, message, onCancelled(self, state, message.saga))
    )
    .with(delivered('received'), ({ from, message }) =>
      fired('take-off-outbox', {
        ...state,
        outbox: state.outbox.filter((one) => !isSame(one, { to: from, ...message }))
      })
    )
    .with({ type: 'timeout' }, () =>
      state.outbox.length > 0 ? publishAgain('republish', state) : stay('ignore-timeout', state)
    )
    .exhaustive()

/** What is in the outbox may not have arrived. Nothing else is lost. */
export const recover = (_self: Service, disk: State): Move =>
  disk.outbox.length > 0 ? publishAgain('reopen-and-republish', disk) : stay('reopen-idle', disk)

// Events in and out --------------------------------------------------------------------------------------------------

/** The outcome of an event is on disk before the event is confirmed: who confirms and forgets would leave a saga half done. */
const confirming = (from: NodeId, event: Published, moved: Move): Move => ({
  ...moved,
  effects: [...moved.effects, send(from, { type: 'received', event })]
})

const isSame = (one: Unconfirmed, other: Unconfirmed): boolean =>
  one.to === other.to && one.event.type === other.event.type && one.event.saga === other.event.saga

const publishAgain = (rule: Rule, state: State): Move =>
  fired(
    rule,
    state,
    state.outbox.map(({ to, event }) => send<Message>(to, event)),
    startTimer('republish')
  )

interface Change {
  readonly stand: Stand
  readonly ledger?: Entry['did']
  /** To whom, if to anybody. */
  readonly to: ReadonlyArray<NodeId | null>
  readonly event: Published['type']
}

/** One transaction: how the service stands to the saga now, what it changed for it, and what it has to say. */
const settle = (rule: Rule, state: State, saga: string, { stand, ledger, to, event }: Change): Move => {
  const published = to
    .filter((subscriber) => subscriber !== null)
    .map((subscriber): Unconfirmed => ({ to: subscriber, event: { type: event, saga } }))
  const news = published.filter((one) => !state.outbox.some((known) => isSame(one, known)))
  return fired(
    rule,
    {
      ledger: ledger === undefined ? state.ledger : [...state.ledger, { saga, did: ledger }],
      stands: { ...state.stands, [saga]: stand },
      outbox: [...state.outbox, ...news]
    },
    published.map((one) => send<Message>(one.to, one.event)),
    published.length > 0 ? startTimer('republish') : []
  )
}

// Clients ------------------------------------------------------------------------------------------------------------

const onRequest = (self: Service, state: State, id: RequestId, asked: Request): Move =>
  match(asked)
    .returnType<Move>()
    .with({ type: 'ask-stand' }, ({ saga }) => fired('tell-stand', state, tellStand(state, id, saga)))
    .with(
      { type: P.union('begin-saga', 'cancel-saga') },
      () => self.config.previous !== null,
      () => fired('refuse-client', state, reply<Response>(id, { type: 'not-first' }))
    )
    .with({ type: 'begin-saga' }, () => {
      const { rule, ...begun } = doStep(self, state, id)
      return telling(id, id, { ...begun, rule: rule === 'refuse-step' ? 'begin-and-refuse' : 'begin-saga' })
    })
    .with({ type: 'cancel-saga' }, ({ saga }) =>
      state.stands[saga] === 'done'
        ? telling(id, saga, passOn(self, 'cancel-saga', state, saga))
        : fired('cancel-too-late', state, tellStand(state, id, saga))
    )
    .exhaustive()

const tellStand = ({ stands }: State, client: RequestId, saga: string) =>
  reply<Response>(client, { type: 'standing', stand: stands[saga] ?? null })

const telling = (client: RequestId, saga: string, moved: Move): Move => ({
  ...moved,
  effects: [...moved.effects, tellStand(moved.state, client, saga)]
})

// Forward ------------------------------------------------------------------------------------------------------------

const onStepDone = (self: Service, state: State, saga: string): Move =>
  match(state.stands[saga])
    .returnType<Move>()
    .with(unheardOf, () => doStep(self, state, saga))
    .with('done', 'completed', 'refused', 'undone', 'barred', () => stay('confirm-again', state))
    .exhaustive()

const doStep = (self: Service, state: State, saga: string): Move => {
  const { previous, next, units } = self.config
  if (taken(state).length >= units)
    return settle('refuse-step', state, saga, { stand: 'refused', to: [previous], event: 'failed' })
  return next === null
    ? settle('do-last-step', state, saga, { stand: 'completed', ledger: 'take', to: others(self), event: 'completed' })
    : settle('do-step', state, saga, { stand: 'done', ledger: 'take', to: [next], event: 'step-done' })
}

/** The sagas that have a unit, each as often as it has one. */
export const taken = ({ ledger }: State): ReadonlyArray<string> =>
  ledger
    .filter(({ did }) => did === 'take')
    .map(({ saga }) => saga)
    .filter((holder) => !ledger.some(({ saga, did }) => saga === holder && did === 'give-back'))

/** The last service says so to all. One that has not done its step did not hear it from there. */
const onCompleted = (state: State, saga: string): Move =>
  match(state.stands[saga])
    .returnType<Move>()
    .with('done', () => settle('learn-completion', state, saga, { stand: 'completed', to: [], event: 'completed' }))
    .with(unheardOf, 'completed', 'refused', 'undone', 'barred', () => stay('confirm-again', state))
    .exhaustive()

// Backward -----------------------------------------------------------------------------------------------------------

/** The service after this one has nothing of the saga any more, so this one is the last that has. */
const onFailed = ({ config }: Service, state: State, saga: string): Move =>
  match(state.stands[saga])
    .returnType<Move>()
    .with('done', () =>
      settle('undo-step', state, saga, { stand: 'undone', ledger: 'give-back', to: [config.previous], event: 'failed' })
    )
    .with(unheardOf, 'completed', 'refused', 'undone', 'barred', () => stay('confirm-again', state))
    .exhaustive()

/**
 * A cancellation runs after the saga, down the chain. A service that has done its step may not undo it yet: those after
 * it may have done theirs, and come first. Where the saga has not been yet, it is stopped and turned around; where the
 * last step is done, the cancellation is too late.
 */
const onCancelled = (self: Service, state: State, saga: string): Move =>
  match(state.stands[saga])
    .returnType<Move>()
    .with(unheardOf, () =>
      settle('bar-step', state, saga, { stand: 'barred', to: [self.config.previous], event: 'failed' })
    )
    .with('done', () => passOn(self, 'pass-cancellation-on', state, saga))
    .with('completed', 'refused', 'undone', 'barred', () => stay('confirm-again', state))
    .exhaustive()

const passOn = ({ config }: Service, rule: Rule, state: State, saga: string): Move =>
  settle(rule, state, saga, { stand: 'done', to: [config.next], event: 'cancelled' })
