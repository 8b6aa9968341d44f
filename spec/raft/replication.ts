/** Log replication, the leader's side. [Raft] §5.3, Fig. 2 "Leaders" */
import { append, firstIndex, including, lastIndex, send, slice, type NodeId, type RequestId } from '../kernel/index.ts'
import type { AppendEntries, Entry, Message } from './messages.ts'
import { andThen, unchanged, type Change, type Server } from './raft.ts'
import { knowsTermAt, termAt, type Leading, type Progress } from './state.ts'

const { max } = Math
const { keys } = Object

/** The log with one entry more, and who waits for it. */
export const appendEntry = (state: Leading, entry: Entry, client: RequestId | null): Leading => ({
  ...state,
  log: append(state.log, entry),
  role: { ...state.role, clients: append(state.role.clients, client) }
})

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
  keys(state.role.followers).reduce<Change<Leading>>(
    (change, node) => andThen(change, (leader) => sending(self, leader, node)),
    unchanged(state)
  )

/** One AppendEntries with the entries from `from` on; to a follower that is replicating, they are taken to arrive. */
const ship = (self: Server, state: Leading, node: NodeId, from: number, progress: Progress): Change<Leading> => {
  const { log, term, commitIndex, role } = state
  if (from < firstIndex(log) || !knowsTermAt(state, from - 1)) return shipSnapshot(state, node, progress)
  const entries = slice(log, from, from + self.config.batch)
  const message: AppendEntries = {
    type: 'append-entries',
    term,
    prevLogIndex: from - 1,
    prevLogTerm: termAt(state, from - 1),
    entries,
    leaderCommit: commitIndex,
    round: role.round
  }
  const next = progress.is === 'replicating' ? max(progress.next, from + entries.length) : progress.next
  return {
    state: next === progress.next ? state : withProgress(state, node, { ...progress, next }),
    effects: [send(node, message)]
  }
}

/**
 * "The leader must occasionally send snapshots to followers that lag behind": where "the leader has already discarded the
 * next log entry that it needs to send" (§7). While one is on its way, heartbeats claim nothing of the log.
 */
const shipSnapshot = (state: Leading, node: NodeId, progress: Progress): Change<Leading> => {
  const { snapshot, term, role } = state
  const { round } = role
  if (progress.is !== 'installing')
    return {
      state: withProgress(state, node, { ...progress, is: 'installing', next: snapshot.lastIndex + 1 }),
      effects: [send<Message>(node, { type: 'install-snapshot', term, snapshot, round })]
    }
  const claimsNothing = { prevLogIndex: 0, prevLogTerm: 0, entries: [], leaderCommit: 0 }
  return { state, effects: [send<Message>(node, { type: 'append-entries', term, ...claimsNothing, round })] }
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
