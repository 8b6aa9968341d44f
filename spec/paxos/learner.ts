/** A learner, and the distinguished one that tells the others: the proposer of the ballot. [Lamport01] §2.3 */
import {
  broadcast,
  fired,
  including,
  reply,
  send,
  stay,
  stopTimer,
  type NodeId,
  type RequestId
} from '../kernel/index.ts'
import type { Message, Response, Value } from './messages.ts'
import type { Move, Node } from './rules.ts'
import type { State } from './state.ts'

const answers = (clients: ReadonlyArray<RequestId>, value: Value) =>
  clients.map((client) => reply<Response>(client, { type: 'outcome', value }))

const knowing = (state: State, outcome: Value): State => ({ ...state, outcome, attempt: { is: 'idle' }, clients: [] })

/** "A value is chosen when a single proposal with that value has been accepted by a majority of the acceptors." (§2.2) */
export const onAccepted = (self: Node, state: State, from: NodeId, ballot: number): Move => {
  const { attempt, clients } = state
  if (ballot !== state.tried || attempt.is !== 'proposing') return stay('ignore-acceptance', state)
  const { value } = attempt
  const acceptances = including(attempt.acceptances, from)
  return acceptances.length < self.config.phase2Quorum
    ? fired('count-acceptance', { ...state, attempt: { ...attempt, acceptances } })
    : fired(
        'choose',
        knowing(state, value),
        answers(clients, value),
        broadcast<Message>(self, { type: 'chosen', value }),
        stopTimer('retry')
      )
}

/** It takes a distinguished learner's word for it. */
export const onChosen = (state: State, value: Value): Move =>
  fired('learn', knowing(state, value), answers(state.clients, value), stopTimer('retry'))

/** Who knows the outcome says so to whoever still works on it, and takes part in no ballot any more. */
export const tellOutcome = (state: State, value: Value, to: NodeId): Move =>
  fired('tell-outcome', state, send<Message>(to, { type: 'chosen', value }))

export const answerClient = (state: State, value: Value, client: RequestId): Move =>
  fired('answer-client', state, answers([client], value))
