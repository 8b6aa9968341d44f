/** Log replication, the follower's side. [Raft] §5.3, Fig. 2 "AppendEntries RPC, receiver implementation", from step 2 on */
import { appendAll, entryAt, fired, lastIndex, send, startTimer, truncate, type NodeId } from '../kernel/index.ts'
import { applyCommitted } from './commit.ts'
import { configurationsIn } from './configuration.ts'
import type { AppendEntries, Entry, Message } from './messages.ts'
import type { Move, Rule, Server } from './raft.ts'
import { termAt, updated, type Placed, type State } from './state.ts'

const { floor, max, min } = Math

export const onAppendEntries = (self: Server, state: State, from: NodeId, request: AppendEntries): Move => {
  const { term, log, snapshot } = state
  const { prevLogIndex, prevLogTerm, entries, round } = request

  // "If AppendEntries RPC received from new leader: convert to follower"; and the leader is alive.
  const following = updated(state, { role: { is: 'follower', leader: from } })
  const reject = (rule: Rule, conflictIndex: number): Move =>
    fired(
      rule,
      following,
      send<Message>(from, { type: 'rejected', term, prevLogIndex, conflictIndex, round }),
      startTimer('election')
    )
  if (prevLogIndex > lastIndex(log)) return reject('reject-gap', lastIndex(log) + 1)
  // What the snapshot holds is committed, so the leader has it too.
  if (prevLogIndex > snapshot.lastIndex && termAt(state, prevLogIndex) !== prevLogTerm)
    return reject('reject-conflict', firstOfTermAt(state, prevLogIndex))

  const merged = merge(state, prevLogIndex, entries)
  const matchIndex = prevLogIndex + entries.length
  const commitIndex = max(state.commitIndex, min(request.leaderCommit, matchIndex))
  const { state: applied, effects } = applyCommitted(self, updated(following, merged.written), commitIndex)
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
const merge = ({ log, snapshot, configurations }: State, prevLogIndex: number, entries: ReadonlyArray<Entry>) => {
  const isNew = ({ term }: Entry, offset: number): boolean => {
    const index = prevLogIndex + 1 + offset
    return index > snapshot.lastIndex && entryAt(log, index)?.term !== term
  }
  const fresh = entries.findIndex(isNew)
  if (fresh < 0) return { rule: 'accept-heartbeat', written: { log, configurations } } as const
  const agreed = prevLogIndex + fresh
  const added = entries.slice(fresh)
  return {
    rule: agreed < lastIndex(log) ? 'replace-conflicting-entries' : 'append-entries',
    written: {
      log: appendAll(truncate(log, agreed), added),
      configurations: [...upTo(configurations, agreed), ...configurationsIn(added, agreed + 1)]
    }
  } as const
}

/** "If a new entry replaces it, a server falls back to the previous configuration in its log." [Ongaro] §4.1 */
const upTo = (configurations: ReadonlyArray<Placed>, index: number): ReadonlyArray<Placed> =>
  configurations.filter((placed) => placed.index <= index)

/** The first index in the log that holds the term of the entry at `index`: terms grow along it, so it is found by halving. */
const firstOfTermAt = (state: State, index: number): number => {
  const term = termAt(state, index)
  const search = (low: number, high: number): number => {
    if (low === high) return low
    const middle = floor((low + high) / 2)
    return termAt(state, middle) >= term ? search(low, middle) : search(middle + 1, high)
  }
  return search(state.snapshot.lastIndex + 1, index)
}
