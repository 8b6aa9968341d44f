/** Log replication, the follower's side. [Raft] §5.3, Fig. 2 "AppendEntries RPC, receiver implementation" */
import {
  appendAll,
  entryAt,
  fired,
  lastIndex,
  send,
  startTimer,
  stay,
  truncate,
  type Log,
  type NodeId
} from '../kernel/index.ts'
import { applyCommitted } from './commit.ts'
import type { AppendEntries, Entry, Message } from './messages.ts'
import { type Move, type Rule, type Server } from './raft.ts'
import { isLeading, termAt, type State } from './state.ts'

const { floor, max, min } = Math

export const onAppendEntries = (self: Server, state: State, from: NodeId, request: AppendEntries): Move => {
  const { term, log } = state
  const { prevLogIndex, prevLogTerm, entries, round } = request
  if (request.term < term) return fired('refuse-stale-leader', state, send<Message>(from, { type: 'stale-term', term }))
  if (isLeading(state)) return stay('ignore-second-leader', state)

  // "If AppendEntries RPC received from new leader: convert to follower"; and the leader is alive.
  const following: State = { ...state, role: { is: 'follower', leader: from } }
  const reject = (rule: Rule, conflictIndex: number): Move =>
    fired(
      rule,
      following,
      send<Message>(from, { type: 'rejected', term, prevLogIndex, conflictIndex, round }),
      startTimer('election')
    )
  if (prevLogIndex > lastIndex(log)) return reject('reject-gap', lastIndex(log) + 1)
  if (prevLogIndex > 0 && termAt(log, prevLogIndex) !== prevLogTerm)
    return reject('reject-conflict', firstOfTermAt(log, prevLogIndex))

  const merged = merge(log, prevLogIndex, entries)
  const matchIndex = prevLogIndex + entries.length
  const commitIndex = max(state.commitIndex, min(request.leaderCommit, matchIndex))
  const { state: applied, effects } = applyCommitted(self, { ...following, log: merged.log, commitIndex })
  return fired(
    merged.rule,
    applied,
    effects,
    send<Message>(from, { type: 'accepted', term, matchIndex, round }),
    startTimer('election')
  )
}

/**
 * "If an existing entry conflicts with a new one, delete the existing entry and all that follow it. Append any new
 * entries not already in the log." What follows entries that agree stays: the request may be an old one.
 */
const merge = (log: Log<Entry>, prevLogIndex: number, entries: ReadonlyArray<Entry>) => {
  const fresh = entries.findIndex((entry, offset) => entryAt(log, prevLogIndex + 1 + offset)?.term !== entry.term)
  if (fresh < 0) return { rule: 'accept-heartbeat', log } as const
  const agreed = prevLogIndex + fresh
  return {
    rule: agreed < lastIndex(log) ? 'replace-conflicting-entries' : 'append-entries',
    log: appendAll(truncate(log, agreed), entries.slice(fresh))
  } as const
}

/** The first index that holds the term of the entry at `index`: terms grow along the log, so it is found by halving. */
const firstOfTermAt = (log: Log<Entry>, index: number): number => {
  const term = termAt(log, index)
  const search = (low: number, high: number): number => {
    if (low === high) return low
    const middle = floor((low + high) / 2)
    return termAt(log, middle) >= term ? search(low, middle) : search(middle + 1, high)
  }
  return search(log.first, index)
}
