/** The primary of an active view takes requests, and acknowledges what enough copies have. */
import {
  append,
  entryAt,
  fired,
  lastIndex,
  reply,
  send,
  sendAll,
  slice,
  type ClientRequest,
  type Effect,
  type Log,
  type NodeId
} from '../kernel/index.ts'
import type { Append, Entry, Have, Message, Request, Response } from './messages.ts'
import type { Policy } from './policy.ts'
import type { Replica, ReplicaMove } from './rules.ts'
import type { Confirmed, Kept, Server, Serving, Transferring } from './state.ts'

const { max, min } = Math

/** The highest index that enough backups have confirmed. */
const confirmedByEnough = (policy: Policy, { view, log }: Kept, confirmed: Confirmed): number =>
  [lastIndex(log), ...Object.values(confirmed).toSorted((a, b) => b - a)][policy.copies(view)] ?? 0

const responseTo = (log: Log<Entry>, index: number): Response => {
  if (entryAt(log, index)?.type === 'write') return { type: 'written' }
  const written = slice(log, 1, index).findLast((entry) => entry.type === 'write')
  return { type: 'value', value: written?.value ?? null }
}

/** Acknowledges all that can be. */
export const settle = (
  policy: Policy,
  state: Serving
): { readonly state: Serving; readonly effects: ReadonlyArray<Effect<Replica>> } => {
  const committed = max(state.committed, confirmedByEnough(policy, state, state.confirmed))
  return {
    state: { ...state, committed, waiting: state.waiting.filter(({ index }) => index > committed) },
    effects: state.waiting
      .filter(({ index }) => index <= committed)
      .map(({ id, index }) => reply<Response>(id, responseTo(state.log, index)))
  }
}

export const serve = (policy: Policy, state: Transferring): ReplicaMove => {
  const serving = settle(policy, { ...state, phase: 'serving', due: 0 })
  return fired('serve', serving.state, serving.effects)
}

/** The entry is on the primary's disk before it leaves, and on the disks of the copies before it is acknowledged. */
export const take = (
  policy: Policy,
  id: NodeId,
  state: Serving,
  { id: client, request }: ClientRequest<Request>
): ReplicaMove => {
  const log = append<Entry>(state.log, request)
  const index = lastIndex(log)
  const next = settle(policy, { ...state, log, waiting: [...state.waiting, { id: client, index }] })
  const message: Append = {
    type: 'append',
    view: state.view.number,
    after: index - 1,
    entries: [request],
    committed: next.state.committed
  }
  return fired(
    next.state.committed >= index ? 'answer-at-once' : 'replicate',
    next.state,
    sendAll<Message>(policy.successors(state.view, id), message),
    next.effects
  )
}

export const withConfirmed = (confirmed: Confirmed, from: NodeId, { length }: Have): Confirmed => ({
  ...confirmed,
  [from]: max(confirmed[from] ?? 0, length)
})

export const count = (policy: Policy, state: Serving, from: NodeId, message: Have): ReplicaMove => {
  const next = settle(policy, { ...state, confirmed: withConfirmed(state.confirmed, from, message) })
  return fired(next.state.committed > state.committed ? 'acknowledge' : 'note-copy', next.state, next.effects)
}

/** Nothing has happened, and the client may try elsewhere. */
export const refuse = (state: Server, { id }: ClientRequest<Request>): ReplicaMove =>
  fired('refuse-client', state, reply<Response>(id, { type: 'refused', primary: state.view.primary }))

/**
 * To each successor what it has not confirmed, and on a chain what anybody has not; news of commits if that is nothing. To
 * one that has confirmed nothing, all: it may be new to the view.
 */
export const sendMissing = (policy: Policy, { view, log, committed }: Kept, confirmed: Confirmed) => {
  const successors = policy.successors(view, view.primary)
  return successors.map((to) => {
    const served = successors.length < view.backups.length ? view.backups : [to]
    const after = min(...served.map((backup) => confirmed[backup] ?? 0))
    const message: Append = { type: 'append', view: view.number, after, entries: slice(log, after + 1), committed }
    return send<Message>(to, message)
  })
}
