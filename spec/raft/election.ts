/** Leader election. [Raft] §5.2, §5.4.1 */
import {
  broadcast,
  fired,
  including,
  isMajority,
  lastIndex,
  send,
  startTimer,
  stay,
  stopTimer,
  type NodeId
} from '../kernel/index.ts'
import type { RequestVote, Vote } from './messages.ts'
import { moved, type Change, type Move, type Server } from './raft.ts'
import { takeOffice } from './replication.ts'
import { isLeading, lastTerm, type State } from './state.ts'

/** "If election timeout elapses …: start new election." A leader waits for nobody. */
export const onElectionTimeout = (self: Server, state: State): Move =>
  isLeading(state) ? fired('ignore-timeout', state, startTimer('election')) : campaign(self, state)

/** "On conversion to candidate, start election: increment currentTerm, vote for self, reset election timer …" */
const campaign = (self: Server, state: State): Move => {
  const term = state.term + 1
  const candidate: State = { ...state, term, votedFor: self.id, role: { is: 'candidate', votes: [self.id] } }
  if (isMajority([self.id], self.nodes)) return moved('win-election', takeOffice(self, candidate))
  const request: RequestVote = {
    type: 'request-vote',
    term,
    lastLogIndex: lastIndex(state.log),
    lastLogTerm: lastTerm(state.log)
  }
  return fired('start-election', candidate, broadcast(self, request), startTimer('election'))
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
const isUpToDate = ({ lastLogTerm, lastLogIndex }: RequestVote, { log }: State): boolean =>
  lastLogTerm > lastTerm(log) || (lastLogTerm === lastTerm(log) && lastLogIndex >= lastIndex(log))

/** "If votes received from majority of servers: become leader." The vote is of our term. */
export const onVote = (self: Server, state: State, from: NodeId, { granted }: Vote): Move => {
  const { role } = state
  if (!granted) return stay('ignore-refusal', state)
  if (role.is !== 'candidate') return stay('ignore-vote', state)
  const votes = including(role.votes, from)
  return isMajority(votes, self.nodes)
    ? moved('win-election', takeOffice(self, state))
    : fired('count-vote', { ...state, role: { is: 'candidate', votes } })
}

/** "If RPC request or response contains term T > currentTerm: set currentTerm = T, convert to follower" (§5.1). */
export const adoptTerm = (state: State, term: number): Change => ({
  state: { ...state, term, votedFor: null, role: { is: 'follower', leader: null } },
  effects: isLeading(state) ? [stopTimer('heartbeat'), startTimer('election')] : []
})
