/** A backup takes the log of its view from the primary, or from the one before it on the chain. */
import { appendAll, emptyLog, fired, lastIndex, send, sendAll, startTimer, stay, type NodeId } from '../kernel/index.ts'
import type { Append, Entry, Message } from './messages.ts'
import type { Policy } from './policy.ts'
import type { ReplicaMove } from './rules.ts'
import type { Backup } from './state.ts'

const { max, min } = Math

/**
 * A backup new to its view takes the log of the primary whole, and drops what it had. After that the log only grows, entry
 * after entry: what comes before its turn comes again.
 */
export const follow = (policy: Policy, id: NodeId, state: Backup, message: Append): ReplicaMove => {
  const isNew = state.synced < state.view.number
  const own = isNew ? emptyLog : state.log
  if (message.after > lastIndex(own)) return stay('ignore-gap', state)
  const log = appendAll<Entry>(own, message.entries.slice(lastIndex(own) - message.after))
  const committed = min(lastIndex(log), max(state.committed, message.committed))
  const next: Backup = { ...state, synced: state.view.number, log, committed }
  const isLonger = lastIndex(log) > lastIndex(own)
  if (isNew || isLonger || message.entries.length > 0) {
    const rule = isNew ? 'take-log' : isLonger ? 'take-entries' : 'confirm-again'
    return fired(rule, next, passOn(policy, id, next, message), confirm(next), startTimer('silence'))
  }
  return fired('hear-heartbeat', next, passOn(policy, id, next, message), startTimer('silence'))
}

const passOn = (policy: Policy, id: NodeId, { view }: Backup, message: Append) =>
  sendAll<Message>(policy.successors(view, id), message)

/** The entries are on disk by the time this leaves. */
const confirm = ({ view, log }: Backup) =>
  send<Message>(view.primary, { type: 'have', view: view.number, length: lastIndex(log) })
