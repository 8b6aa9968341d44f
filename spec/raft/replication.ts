/** Log replication, the leader's side. [Raft] §5.3, Fig. 2 "Leaders" */
import {
  append,
  compact,
  emptyLog,
  fired,
  lastIndex,
  others,
  reply,
  send,
  slice,
  startTimer,
  stay,
  type ClientRequest,
  type Log,
  type NodeId
} from '../kernel/index.ts'
import { applyCommitted, committable } from './commit.ts'
import type { Accepted, AppendEntries, Entry, Rejected, Request, Response } from './messages.ts'
import { moved, then, unchanged, type Change, type Move, type Server } from './raft.ts'
import { isLeading, termAt, type Leading, type Progress, type State } from './state.ts'

const { max } = Math

/** "Upon election: send initial empty AppendEntries RPCs (heartbeat) to each server." They carry the no-op if there is one. */
export const takeOffice = (self: Server, state: State): Change => {
  const { log, term } = state
  const begun: Log<Entry> = self.config.noop ? append<Entry>(log, { type: 'noop', term }) : log
  const end = lastIndex(log)
  // With nothing in our log there is nothing to disagree about.
  const untried: Progress = { is: end === 0 ? 'replicating' : 'probing', match: 0, next: end + 1 }
  const leading: Leading = {
    ...state,
    log: begun,
    role: {
      is: 'leader',
      followers: Object.fromEntries(others(self).map((node) => [node, untried])),
      clients: compact(emptyLog, lastIndex(begun))
    }
  }
  const timers = { state: leading, effects: [startTimer('heartbeat'), startTimer('election')] }
  return then(
    then(timers, (leader) => toAll(self, leader, sendAgain(self))),
    (leader) => advance(self, leader)
  )
}

/** "If command received from client: append entry to local log, respond after entry applied to state machine." */
export const onCommand = (self: Server, state: State, { id, request }: ClientRequest<Request>): Move => {
  if (!isLeading(state)) {
    const leader = state.role.is === 'follower' ? state.role.leader : null
    return fired('redirect-client', state, reply<Response>(id, { type: 'not-leader', leader }))
  }
  const { role, log, term } = state
  const longer: Leading = {
    ...state,
    log: append<Entry>(log, { type: 'command', term, command: request.command }),
    role: { ...role, clients: append(role.clients, id) }
  }
  const sent = toAll(self, longer, sendOn(self))
  return moved(
    'append-command',
    then(sent, (leader) => advance(self, leader))
  )
}

/** "Repeat during idle periods to prevent election timeouts." It repeats what has not been acknowledged as well. */
export const onHeartbeatTimeout = (self: Server, state: State): Move => {
  if (!isLeading(state)) return stay('ignore-timeout', state)
  const { state: sent, effects } = toAll(self, state, sendAgain(self))
  return fired('send-heartbeats', sent, effects, startTimer('heartbeat'))
}

/** "If successful: update nextIndex and matchIndex for follower", and see what is committed now. */
export const onAccepted = (self: Server, state: Leading, from: NodeId, { matchIndex }: Accepted): Move => {
  const { is, match, next } = state.role.followers[from] ?? unknown
  if (is === 'replicating' && matchIndex <= match) return stay('ignore-old-reply', state)
  const known: Progress = {
    is: 'replicating',
    match: max(match, matchIndex),
    next: is === 'probing' ? max(match, matchIndex) + 1 : max(next, matchIndex + 1)
  }
  const counted = advance(self, withProgress(state, from, known))
  return moved(
    counted.state.commitIndex > state.commitIndex ? 'commit' : 'note-match',
    then(counted, (leader) => sendOn(self)(leader, from))
  )
}

/**
 * "If AppendEntries fails because of log inconsistency: decrement nextIndex and retry", by a whole term at a time. Where
 * the logs are known to agree up to `match`, a message between was lost, and what follows it is sent again.
 */
export const onRejected = (self: Server, state: Leading, from: NodeId, answer: Rejected): Move => {
  const { is, match, next } = state.role.followers[from] ?? unknown
  const { prevLogIndex, conflictIndex } = answer
  const isOld = is === 'probing' ? prevLogIndex !== next - 1 : prevLogIndex <= match || prevLogIndex >= next
  if (isOld) return stay('ignore-old-reply', state)
  const probing: Progress = { is: 'probing', match, next: max(match + 1, conflictIndex) }
  return moved('back-up', sendAgain(self)(withProgress(state, from, probing), from))
}

/** A reply from a server that is no follower: its answer is about nothing that was sent. */
const unknown: Progress = { is: 'replicating', match: Infinity, next: Infinity }

const withProgress = (state: Leading, node: NodeId, progress: Progress): Leading => ({
  ...state,
  role: { ...state.role, followers: { ...state.role.followers, [node]: progress } }
})

type Sending = (state: Leading, node: NodeId) => Change<Leading>

const toAll = (self: Server, state: Leading, sending: Sending): Change<Leading> =>
  others(self).reduce<Change<Leading>>(
    (change, node) => then(change, (leader) => sending(leader, node)),
    unchanged(state)
  )

/** One AppendEntries with the entries from `from` on; to a follower that is replicating, they are taken to arrive. */
const ship = (self: Server, state: Leading, node: NodeId, from: number, progress: Progress): Change<Leading> => {
  const entries = slice(state.log, from, from + self.config.batch)
  const message: AppendEntries = {
    type: 'append-entries',
    term: state.term,
    prevLogIndex: from - 1,
    prevLogTerm: termAt(state.log, from - 1),
    entries,
    leaderCommit: state.commitIndex
  }
  const next = progress.is === 'replicating' ? max(progress.next, from + entries.length) : progress.next
  return {
    state: next === progress.next ? state : withProgress(state, node, { ...progress, next }),
    effects: [send(node, message)]
  }
}

/** From the first entry that is not acknowledged. */
const sendAgain =
  (self: Server): Sending =>
  (state, node) => {
    const progress = state.role.followers[node] ?? unknown
    return ship(self, state, node, progress.is === 'probing' ? progress.next : progress.match + 1, progress)
  }

/** "If last log index >= nextIndex: send AppendEntries RPC with log entries starting at nextIndex", as the window allows. */
const sendOn =
  (self: Server): Sending =>
  (state, node) => {
    const progress = state.role.followers[node] ?? unknown
    const { is, match, next } = progress
    const hasRoom = is === 'replicating' && next - 1 - match < self.config.window
    return hasRoom && next <= lastIndex(state.log) ? ship(self, state, node, next, progress) : unchanged(state)
  }

/** Commits and applies what a majority holds by now. */
const advance = (self: Server, state: Leading): Change<Leading> => {
  const commitIndex = committable(self, state)
  return commitIndex > state.commitIndex ? applyCommitted(self, { ...state, commitIndex }) : unchanged(state)
}
