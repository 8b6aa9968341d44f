/** A proposer: phases 1(a) and 2(a). [Lamport01] §2.2 */
import { fired, including, sendAll, startTimer, stay, type ClientRequest, type NodeId } from '../kernel/index.ts'
import type { Message, PromiseGiven, Proposal, Request } from './messages.ts'
import type { Move, Node, Rule } from './rules.ts'
import type { State } from './state.ts'

const { floor, max } = Math

/** The first value that a client asks for is the one it stands for; who asks later hears of the outcome as well. */
export const onPropose = (self: Node, state: State, { id, request }: ClientRequest<Request>): Move => {
  const clients = including(state.clients, id)
  return state.proposal === null
    ? beginBallot('prepare', self, { ...state, proposal: request.value, clients })
    : fired('join-proposal', { ...state, clients }, startTimer('retry'))
}

/** Messages were lost, or another proposer's ballot was higher: try a higher one. */
export const onRetry = (self: Node, state: State): Move =>
  state.proposal === null || state.outcome !== null
    ? stay('ignore-timeout', state)
    : beginBallot('prepare-again', self, state)

/** Phase 1(a): "A proposer selects a proposal number n and sends a prepare request with number n …" */
const beginBallot = (rule: Rule, self: Node, state: State): Move => {
  const ballot = nextBallot(self, max(state.tried, state.promised))
  return fired(
    rule,
    { ...state, tried: ballot, attempt: { is: 'preparing', promises: [], highest: null } },
    sendAll<Message>(self.nodes, { type: 'prepare', ballot }),
    startTimer('retry')
  )
}

/** "Different proposers choose their numbers from disjoint sets" (§2.5): node i of n, counted from 0, has i + 1, i + 1 + n … */
const nextBallot = ({ id, nodes }: Node, last: number): number => {
  const first = nodes.indexOf(id) + 1
  const begun = floor((last - first) / nodes.length) + 1
  return first + begun * nodes.length
}

const higher = (one: Proposal | null, other: Proposal | null): Proposal | null =>
  one === null || (other !== null && other.ballot > one.ballot) ? other : one

/**
 * Phase 2(a): "If the proposer receives a response to its prepare requests from a majority of acceptors, then it sends an
 * accept request …"
 */
export const onPromise = (self: Node, state: State, from: NodeId, { ballot, accepted }: PromiseGiven): Move => {
  const { attempt, proposal } = state
  if (ballot !== state.tried || attempt.is !== 'preparing' || proposal === null) return stay('ignore-promise', state)
  const promises = including(attempt.promises, from)
  const highest = higher(attempt.highest, accepted)
  if (promises.length < self.config.phase1Quorum)
    return fired('count-promise', { ...state, attempt: { is: 'preparing', promises, highest } })

  // "… where v is the value of the highest-numbered proposal among the responses, or is any value if the responses
  // reported no proposals."
  const value = highest === null ? proposal : highest.value
  return fired(
    highest === null ? 'propose-own-value' : 'propose-accepted-value',
    { ...state, attempt: { is: 'proposing', value, acceptances: [] } },
    sendAll<Message>(self.nodes, { type: 'accept', ballot, value })
  )
}
