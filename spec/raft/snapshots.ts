/** Log compaction. [Raft] §7, Fig. 13; [Ongaro] ch. 5 */
import {
  compact,
  emptyLog,
  fired,
  lastIndex,
  restore,
  send,
  startTimer,
  takeSnapshot,
  type NodeId,
  type Snapshot as Taken
} from '../kernel/index.ts'
import { after, configurationAt } from './configuration.ts'
import type { InstallSnapshot, Message } from './messages.ts'
import { unchanged, type Change, type Move, type Server } from './raft.ts'
import { termAt, type State } from './state.ts'

const { max } = Math

/** "Each server takes snapshots independently, covering just the committed entries in its log", one at a time. */
export const askForSnapshot = <S extends State>(self: Server, state: S): Change<S> => {
  const { lastApplied, snapshot, awaitsSnapshot } = state
  const { snapshotEvery } = self.config
  return snapshotEvery === null || awaitsSnapshot || lastApplied - snapshot.lastIndex < snapshotEvery
    ? unchanged(state)
    : { state: { ...state, awaitsSnapshot: true }, effects: [takeSnapshot(lastApplied)] }
}

/**
 * "Once a server completes writing a snapshot, it may delete all log entries up through the last included index, as well as
 * any prior snapshot." The snapshot has that entry's term for the next consistency check, and the latest configuration.
 */
export const onSnapshot = (self: Server, state: State, { index, content }: Taken<unknown>): Move => {
  const { log, configurations } = state
  const waiting: State = { ...state, awaitsSnapshot: false }
  if (index <= state.snapshot.lastIndex) return fired('ignore-old-snapshot', waiting)
  return fired('compact-log', {
    ...waiting,
    snapshot: {
      lastIndex: index,
      lastTerm: termAt(state, index),
      configuration: configurationAt(state, index),
      content
    },
    log: compact(log, max(0, index - self.config.keep)),
    configurations: after(configurations, index)
  })
}

/** InstallSnapshot RPC, receiver implementation: a request of our term. */
export const onInstallSnapshot = (state: State, from: NodeId, { term, snapshot, round }: InstallSnapshot): Move => {
  const { lastIndex: end, lastTerm, content } = snapshot
  const following: State = { ...state, role: { is: 'follower', leader: from } }
  const answer = send<Message>(from, { type: 'accepted', term, matchIndex: end, round })
  // All that it holds is committed here already: the request is an old one, or comes twice.
  if (end <= state.commitIndex) return fired('ignore-known-snapshot', following, answer, startTimer('election'))
  // "If existing log entry has same index and term as snapshot's last included entry, retain log entries following it."
  const isPrefix = end <= lastIndex(state.log) && termAt(state, end) === lastTerm
  const installed: State = {
    ...following,
    snapshot,
    log: compact(isPrefix ? state.log : emptyLog, end),
    configurations: isPrefix ? after(state.configurations, end) : [],
    commitIndex: end,
    lastApplied: end
  }
  return fired(
    isPrefix ? 'install-snapshot-of-prefix' : 'install-snapshot',
    installed,
    restore(content),
    answer,
    startTimer('election')
  )
}
