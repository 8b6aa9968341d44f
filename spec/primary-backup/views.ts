/**
 * A server enters a view. Its primary first learns from the others what may have been acknowledged before; then it brings
 * them to the log that it chose; then it serves. [PacificA] calls it reconciliation.
 */
import { fired, lastIndex, send, startTimer, type NodeId } from '../kernel/index.ts'
import type { Complete, Have, Message, Report, View } from './messages.ts'
import type { Policy } from './policy.ts'
import type { ReplicaMove } from './rules.ts'
import { sendMissing, serve, withConfirmed } from './serving.ts'
import {
  keptOf,
  type Backup,
  type Client,
  type Findings,
  type Gathering,
  type Kept,
  type Server,
  type Transferring
} from './state.ts'

const { max, min } = Math
const { keys } = Object

/** A report is a promise: this server takes nothing from earlier views any more. The view is on its disk by then. */
export const report = ({ view, synced, log, committed }: Kept) =>
  send<Message>(view.primary, { type: 'report', view: view.number, synced, log, committed })

/**
 * The server leaves the view it is in. Clients that wait there go on waiting only if it stays the primary; otherwise they
 * get no answer, for what they asked may yet come true.
 */
export const enter = (policy: Policy, id: NodeId, former: Server, view: View): ReplicaMove => {
  const kept = { role: 'server', ...keptOf(former), view } as const
  if (view.backups.includes(id)) {
    const backup: Backup = { ...kept, phase: 'backup' }
    return fired('enter-as-backup', backup, report(backup), startTimer('silence'))
  }
  if (view.primary !== id) return fired('enter-as-outsider', { ...kept, phase: 'outsider' }, startTimer('silence'))
  const waiting = 'waiting' in former ? former.waiting : []
  const gathering: Gathering = { ...kept, phase: 'gathering', reports: {}, waiting }
  return policy.reports(view) === 0
    ? choose(policy, 'enter-alone', gathering)
    : fired('enter-as-primary', gathering, startTimer('silence'))
}

export const collect = (policy: Policy, state: Gathering, from: NodeId, said: Report): ReplicaMove => {
  const { synced, log, committed } = said
  const next: Gathering = { ...state, reports: { ...state.reports, [from]: { synced, log, committed } } }
  return keys(next.reports).length < policy.reports(state.view)
    ? fired('collect-report', next)
    : choose(policy, 'choose-log', next)
}

const isAhead = (one: Findings, other: Findings): boolean =>
  one.synced > other.synced || (one.synced === other.synced && lastIndex(one.log) > lastIndex(other.log))

/**
 * Of the logs reported, and one's own, that of the latest view; of those, the longest. Everything acknowledged is in it
 * if enough have reported; what else is in it may be acknowledged yet. [VRR] §4.2 chooses so.
 */
const choose = (policy: Policy, rule: 'enter-alone' | 'choose-log', { reports, ...state }: Gathering): ReplicaMove => {
  const own: Findings = state
  const found = [own, ...state.view.backups.flatMap((backup) => reports[backup] ?? [])]
  const best = found.reduce((ahead, other) => (isAhead(other, ahead) ? other : ahead))
  const committed = min(lastIndex(best.log), max(...found.map((other) => other.committed)))
  const chosen = { ...keptOf(state), synced: state.view.number, log: best.log, committed }
  return transfer(policy, rule, chosen, best === own ? state.waiting : [])
}

/** From a log chosen for its view. A primary that restarts in a view whose log it had chosen begins here. */
export const transfer = (
  policy: Policy,
  rule: 'enter-alone' | 'choose-log' | 'recover-primary',
  chosen: Kept,
  waiting: ReadonlyArray<Client>
): ReplicaMove => {
  const { state, effects } = advance(policy, {
    role: 'server',
    ...chosen,
    phase: 'transferring',
    confirmed: {},
    waiting
  })
  return fired(rule, state, sendMissing(policy, chosen, {}), effects, startTimer('silence'))
}

export const countTransfer = (policy: Policy, state: Transferring, from: NodeId, message: Have): ReplicaMove =>
  advance(policy, { ...state, confirmed: withConfirmed(state.confirmed, from, message) })

/** The view service counts on every member from here on, so it must hear of it before anything is acknowledged. */
const advance = (policy: Policy, state: Transferring): ReplicaMove => {
  if (keys(state.confirmed).length < policy.transfers(state.view)) return fired('note-transfer', state)
  return policy.service === null
    ? serve(policy, state)
    : fired('ask-to-serve', state, send(policy.service, complete(state)))
}

export const complete = ({ view }: Kept): Complete => ({ type: 'complete', view: view.number })

/** Whether a primary that does not serve yet has done its part. */
export const isTransferred = (policy: Policy, { view, confirmed }: Transferring): boolean =>
  keys(confirmed).length >= policy.transfers(view)
