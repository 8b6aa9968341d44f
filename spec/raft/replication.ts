/** Log replication, the leader's side. [Raft] §5.3, Fig. 2 "Leaders" */
import {
  append,
  fired,
  including,
  lastIndex,
  others,
  reply,
  send,
  slice,
  type ClientRequest,
  type NodeId
} from '../kernel/index.ts'
import { applyCommitted, committable } from './commit.ts'
import type { AppendEntries, CommandRequest, Entry, Response } from './messages.ts'
import { andThen, moved, unchanged, type Change, type Move, type Server } from './raft.ts'
import { termAt, type Leading, type Progress } from './state.ts'

const { max } = Math

/** "If command received from client: append entry to local log, respond after entry applied to state machine." */
export const onCommand = (self: Server, state: Leading, { id, request }: ClientRequest<CommandRequest>): Move => {
  const { role, log, term } = state
  const { transferee } = role
  if (transferee !== null)
    return fired('refuse-in-transfer', state, reply<Response>(id, { type: 'transferring', to: transferee }))
  const longer: Leading = {
    ...state,
    log: append<Entry>(log, { type: 'command', term, command: request.command }),
    role: { ...role, clients: append(role.clients, id) }
  }
  const sent = toAll(self, longer, sendOn)
  return moved(
    'append-command',
    andThen(sent, (leader) => advance(self, leader))
  )
}

/** A server that is no follower: what it says is about nothing that was sent to it. */
const stranger: Progress = { is: 'replicating', match: Infinity, next: Infinity, round: Infinity }

export const progressOf = ({ role }: Leading, node: NodeId): Progress => role.followers[node] ?? stranger

export const withProgress = (state: Leading, node: NodeId, progress: Progress): Leading => ({
  ...state,
  role: { ...state.role, followers: { ...state.role.followers, [node]: progress } }
})

/** An answer shows that the follower still follows, and since which round. */
export const heardFrom = (self: Server, state: Leading, node: NodeId, round: number): Leading => {
  const progress = progressOf(state, node)
  if (progress === stranger) return state
  const { role } = state
  const heard = self.config.checkQuorum ? including(role.heard, node) : role.heard
  return withProgress({ ...state, role: { ...role, heard } }, node, { ...progress, round: max(progress.round, round) })
}

type Sending = (self: Server, state: Leading, node: NodeId) => Change<Leading>

export const toAll = (self: Server, state: Leading, sending: Sending): Change<Leading> =>
  others(self).reduce<Change<Leading>>(
    (change, node) => andThen(change, (leader) => sending(self, leader, node)),
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
    leaderCommit: state.commitIndex,
    round: state.role.round
  }
  const next = progress.is === 'replicating' ? max(progress.next, from + entries.length) : progress.next
  return {
    state: next === progress.next ? state : withProgress(state, node, { ...progress, next }),
    effects: [send(node, message)]
  }
}

/** From the first entry that is not acknowledged. */
export const sendAgain: Sending = (self, state, node) => {
  const progress = progressOf(state, node)
  return ship(self, state, node, progress.is === 'probing' ? progress.next : progress.match + 1, progress)
}

/** "If last log index >= nextIndex: send AppendEntries RPC with log entries starting at nextIndex", as the window allows. */
export const sendOn: Sending = (self, state, node) => {
  const progress = progressOf(state, node)
  const { is, match, next } = progress
  const hasRoom = is === 'replicating' && next - 1 - match < self.config.window
  return hasRoom && next <= lastIndex(state.log) ? ship(self, state, node, next, progress) : unchanged(state)
}

/** Commits and applies what a majority holds by now. */
export const advance = (self: Server, state: Leading): Change<Leading> => {
  const commitIndex = committable(self, state)
  return commitIndex > state.commitIndex ? applyCommitted(self, { ...state, commitIndex }) : unchanged(state)
}
