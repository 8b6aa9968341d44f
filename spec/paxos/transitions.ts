/** Every event and the clause that takes it. [Lamport01] §2 */
import { match } from 'ts-pattern'
import { fired, startTimer, stay, type NodeId } from '../kernel/index.ts'
import { onAccept, onPrepare } from './acceptor.ts'
import { answerClient, onAccepted, onChosen, tellOutcome } from './learner.ts'
import type { Message, Value } from './messages.ts'
import { onPromise, onPropose, onRetry } from './proposer.ts'
import type { Happening, Move, Node } from './rules.ts'
import type { Durable, State } from './state.ts'

const woken = (disk: Durable): State => ({ ...disk, attempt: { is: 'idle' }, clients: [] })

export const initial = (_self: Node): Move =>
  fired('start', woken({ tried: 0, proposal: null, promised: 0, accepted: null, outcome: null }))

/** A ballot that it was leading is over; what it stood for is not. */
export const recover = (_self: Node, disk: Durable): Move => fired('recover', woken(disk), startTimer('retry'))

export const step = (self: Node, state: State, event: Happening): Move =>
  match(event)
    .returnType<Move>()
    .with({ type: 'request' }, (asked) =>
      state.outcome === null ? onPropose(self, state, asked) : answerClient(state, state.outcome, asked.id)
    )
    .with({ type: 'timeout' }, () => onRetry(self, state))
    .with({ type: 'deliver' }, ({ from, message }) =>
      state.outcome === null
        ? onMessage(self, state, from, message)
        : onMessageInTheKnow(state, state.outcome, from, message)
    )
    .exhaustive()

const onMessage = (self: Node, state: State, from: NodeId, message: Message): Move =>
  match(message)
    .returnType<Move>()
    .with({ type: 'prepare' }, ({ ballot }) => onPrepare(state, from, ballot))
    .with({ type: 'promise' }, (promise) => onPromise(self, state, from, promise))
    .with({ type: 'accept' }, (request) => onAccept(state, from, request))
    .with({ type: 'accepted' }, ({ ballot }) => onAccepted(self, state, from, ballot))
    .with({ type: 'chosen' }, ({ value }) => onChosen(state, value))
    .exhaustive()

const onMessageInTheKnow = (state: State, outcome: Value, from: NodeId, message: Message): Move =>
  match(message)
    .returnType<Move>()
    .with({ type: 'prepare' }, { type: 'accept' }, () => tellOutcome(state, outcome, from))
    .with({ type: 'promise' }, () => stay('ignore-promise', state))
    .with({ type: 'accepted' }, () => stay('ignore-acceptance', state))
    .with({ type: 'chosen' }, () => stay('ignore-chosen', state))
    .exhaustive()
