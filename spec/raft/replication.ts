/** Log replication, the leader's side. [Raft] §5.3, Fig. 2 "Leaders" */
import { append, firstIndex, including, lastIndex, send, slice, type NodeId, type RequestId } from '../kernel/index.ts'
import type { AppendEntries, Entry, Message } from './messages.ts'
import { unchanged, type Change, type Server } from './raft.ts'
import { knowsTermAt, termAt, updated, updatedOffice, type Leader, type Leading, type Progress } from './state.ts'

const { max } = Math
const { keys } = Object

/** The log with one entry more, all of it written, and who waits for it. */
export const appendEntry = (state: Leading, entry: Entry, client: RequestId | null): Leading => {
  const log = append(state.log, entry)
  const clients = append(state.role.clients, client)
  return updated(state, { log, role: updatedOffice(state.role, { clients, written: lastIndex(log) }) })
}

type Followers = Leader['followers']

const withFollowers = (state: Leading, followers: Followers): Leading =>
  updated(state, { role: updatedOffice(state.role, { followers }) })

/** An answer shows how far a follower is, that it still follows, and since which round. */
export const heardFrom = (self: Server, state: Leading, node: NodeId, progress: Progress, round: number): Leading => {
  const { role } = state
  const heard = self.config.checkQuorum ? including(role.heard, node) : role.heard
  const followers = { ...role.followers, [node]: { ...progress, round: max(progress.round, round) } }
  return updated(state, { role: updatedOffice(role, { heard, followers }) })
}

/** What a follower is sent, and what is known of it then. */
interface Shipment {
  readonly progress: Progress
  /** Null for nothing. */
  readonly message: Message | null
}

type Sending = (self: Server, state: Leading, progress: Progress) => Shipment

/** To one of them, if the leader still leads it. */
export const toOne = (self: Server, state: Leading, node: NodeId, sending: Sending): Change<Leading> => {
  const { followers } = state.role
  const before = followers[node]
  if (before === undefined) return unchanged(state)
  const { progress, message } = sending(self, state, before)
  if (message === null) return unchanged(state)
  return {
    state: progress === before ? state : withFollowers(state, { ...followers, [node]: progress }),
    effects: [send(node, message)]
  }
}

export const toAll = (self: Server, state: Leading, sending: Sending): Change<Leading> => {
  const { followers } = state.role
  const shipments = keys(followers).flatMap((node) => {
    const { progress, message } = sending(self, state, followers[node] as Progress)
    return message === null ? [] : [{ node, progress, message }]
  })
  const sent = shipments.reduce<Followers>(
    (so, { node, progress }) => (so[node] === progress ? so : { ...so, [node]: progress }),
    followers
  )
  return {
    state: sent === followers ? state : withFollowers(state, sent),
    effects: shipments.map(({ node, message }) => send(node, message))
  }
}

/** One AppendEntries with the entries from `from` on; to a follower that is replicating, they are taken to arrive. */
const ship = (self: Server, state: Leading, progress: Progress, from: number): Shipment => {
  const { log, term, commitIndex, role } = state
  if (from < firstIndex(log) || !knowsTermAt(state, from - 1)) return shipSnapshot(state, progress)
  const batch = slice(log, from, from + self.config.batch)
  const message: AppendEntries = {
    type: 'append-entries',
    term,
    prevLogIndex: from - 1,
    prevLogTerm: termAt(state, from - 1),
    entries: batch,
    leaderCommit: commitIndex,
    round: role.round
  }
  const next = progress.is === 'replicating' ? max(progress.next, from + batch.length) : progress.next
  return { message, progress: next === progress.next ? progress : { ...progress, next } }
}

/**
 * "The leader must occasionally send snapshots to followers that lag behind": where "the leader has already discarded the
 * next log entry that it needs to send" (§7). While one is on its way, heartbeats claim nothing of the log.
 */
const shipSnapshot = ({ snapshot, term, role }: Leading, progress: Progress): Shipment => {
  const { round } = role
  if (progress.is !== 'installing')
    return {
      message: { type: 'install-snapshot', term, snapshot, round },
      progress: { ...progress, is: 'installing', next: snapshot.lastIndex + 1 }
    }
  const claimsNothing = { prevLogIndex: 0, prevLogTerm: 0, entries: [], leaderCommit: 0 }
  return { message: { type: 'append-entries', term, ...claimsNothing, round }, progress }
}

/** From the first entry that is not acknowledged. */
export const sendAgain: Sending = (self, state, progress) =>
  ship(self, state, progress, progress.is === 'probing' ? progress.next : progress.match + 1)

/** "If last log index >= nextIndex: send AppendEntries RPC with log entries starting at nextIndex", as the window allows. */
export const sendOn: Sending = (self, state, progress) => {
  const { is, match, next } = progress
  const hasRoom = is === 'replicating' && next - 1 - match < self.config.window
  return hasRoom && next <= lastIndex(state.log) ? ship(self, state, progress, next) : { progress, message: null }
}
