/** Leader election. [Raft] §5.2, §5.4.1; pre-vote [Ongaro] §9.6 */
import { fired, including, lastIndex, send, sendAll, startTimer, stay, type NodeId } from '../kernel/index.ts'
import { isQuorum, latest, mayStand, votersOf } from './configuration.ts'
import type { PreVote, RequestPreVote, RequestVote, Vote } from './messages.ts'
import { takeOffice } from './office.ts'
import { moved, type Move, type Rule, type Server } from './raft.ts'
import { hearsLeader, lastTerm, type State } from './state.ts'

/** "If election timeout elapses …: start new election." With pre-vote, only where it can be won. */
export const onSilence = (self: Server, state: State): Move => {
  // A learner, or a server that was removed: if it is ever wanted, a leader will call.
  if (!mayStand(self.id, state)) return stay('stay-out', state)
  return self.config.preVote ? askAround(self, state) : campaign('start-election', self, state, false)
}

const endOf = (state: State) => ({ lastLogIndex: lastIndex(state.log), lastLogTerm: lastTerm(state) })

const askVoters = (self: Server, state: State, message: RequestVote | RequestPreVote) =>
  sendAll(
    votersOf(latest(state)).filter((node) => node !== self.id),
    message
  )

/** "On conversion to candidate, start election: increment currentTerm, vote for self, reset election timer …" */
const campaign = (rule: Rule, self: Server, state: State, transfer: boolean): Move => {
  const term = state.term + 1
  const candidate: State = { ...state, term, votedFor: self.id, role: { is: 'candidate', votes: [self.id] } }
  if (isQuorum(latest(state), [self.id])) return moved('win-election', takeOffice(self, candidate))
  const request: RequestVote = { type: 'request-vote', term, ...endOf(state), transfer }
  return fired(rule, candidate, askVoters(self, state, request), startTimer('election'))
}

/** RequestVote RPC, receiver implementation. */
export const onRequestVote = (state: State, from: NodeId, candidate: RequestVote): Move => {
  const vote = (granted: boolean) => send<Vote>(from, { type: 'vote', term: state.term, granted })
  // The reply carries our term even where we refuse: a stale candidate learns that it must step down.
  if (candidate.term < state.term) return fired('deny-stale-candidate', state, vote(false))
  if (state.votedFor !== null && state.votedFor !== from) return fired('deny-already-voted', state, vote(false))
  if (!isUpToDate(candidate, state)) return fired('deny-outdated-log', state, vote(false))
  // Granting puts off our own candidacy; and a vote that was granted is granted again when asked again.
  return fired('grant-vote', { ...state, votedFor: from }, vote(true), startTimer('election'))
}

/** §5.4.1: the later last term, and of equal terms the longer log, is the more up-to-date. */
const isUpToDate = ({ lastLogTerm, lastLogIndex }: RequestVote | RequestPreVote, state: State): boolean =>
  lastLogTerm > lastTerm(state) || (lastLogTerm === lastTerm(state) && lastLogIndex >= lastIndex(state.log))

/** "If votes received from majority of servers: become leader." The vote is of our term. */
export const onVote = (self: Server, state: State, from: NodeId, { granted }: Vote): Move => {
  const { role } = state
  if (!granted) return stay('ignore-refusal', state)
  if (role.is !== 'candidate') return stay('ignore-vote', state)
  const votes = including(role.votes, from)
  return isQuorum(latest(state), votes)
    ? moved('win-election', takeOffice(self, state))
    : fired('count-vote', { ...state, role: { is: 'candidate', votes } })
}

// Pre-vote -----------------------------------------------------------------------------------------------------------

/** Asks whether it could win. A server that is cut off gets no answer, and comes back with the term it left with. */
const askAround = (self: Server, state: State): Move => {
  if (isQuorum(latest(state), [self.id])) return campaign('start-election', self, state, false)
  const request: RequestPreVote = { type: 'request-pre-vote', term: state.term, ...endOf(state) }
  const asking: State = { ...state, role: { is: 'pre-candidate', votes: [self.id] } }
  return fired('ask-around', asking, askVoters(self, state, request), startTimer('election'))
}

/** It would vote for a server of its own term with an up-to-date log, and only where it hears no leader. */
export const onRequestPreVote = (state: State, from: NodeId, request: RequestPreVote): Move => {
  const granted = request.term === state.term && isUpToDate(request, state) && !hearsLeader(state)
  const answer: PreVote = { type: 'pre-vote', term: state.term, granted }
  return fired(granted ? 'grant-pre-vote' : 'deny-pre-vote', state, send(from, answer))
}

export const onPreVote = (self: Server, state: State, from: NodeId, { granted }: PreVote): Move => {
  const { role } = state
  if (!granted) return stay('ignore-refusal', state)
  if (role.is !== 'pre-candidate') return stay('ignore-vote', state)
  const votes = including(role.votes, from)
  return isQuorum(latest(state), votes)
    ? campaign('start-election', self, state, false)
    : fired('count-pre-vote', { ...state, role: { is: 'pre-candidate', votes } })
}

// Transfer -----------------------------------------------------------------------------------------------------------

/** TimeoutNow RPC, receiver: an election at once, without pre-vote. [Ongaro] §3.10 */
export const onTimeoutNow = (self: Server, state: State): Move =>
  mayStand(self.id, state) ? campaign('start-election-at-once', self, state, true) : stay('stay-out', state)
