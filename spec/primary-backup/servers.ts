/** What a server does, whoever makes the views. */
import { match, P } from 'ts-pattern'
import { fired, send, startTimer, stay, type ClientRequest, type NodeId } from '../kernel/index.ts'
import { follow } from './following.ts'
import type { Message, Request, View } from './messages.ts'
import type { Policy } from './policy.ts'
import type { ReplicaMove } from './rules.ts'
import { count, refuse, sendMissing, serve, take } from './serving.ts'
import { blank, keptOf, type Kept, type Server } from './state.ts'
import { collect, complete, countTransfer, enter, isTransferred, report, transfer } from './views.ts'

/** All servers know the first view, and that its log is empty. */
export const start = (id: NodeId, first: View): ReplicaMove => {
  const server = { role: 'server', ...blank(first) } as const
  const state: Server =
    first.primary === id
      ? { ...server, phase: 'serving', confirmed: {}, waiting: [], due: 0 }
      : { ...server, phase: first.backups.includes(id) ? 'backup' : 'outsider' }
  return fired('start-server', state, startTimer('beat'), startTimer('silence'))
}

/** It goes on where it was; what was said to it is said again, and whoever waited for an answer does so no more. */
export const restart = (policy: Policy, id: NodeId, kept: Kept): ReplicaMove => {
  const { rule, state, effects } = resume(policy, id, kept)
  return fired(rule, state, effects, startTimer('beat'))
}

const resume = (policy: Policy, id: NodeId, kept: Kept): ReplicaMove => {
  const { view, synced } = kept
  if (view.primary === id && synced === view.number) return transfer(policy, 'recover-primary', keptOf(kept), [])
  const rule =
    view.primary === id ? 'recover-primary' : view.backups.includes(id) ? 'recover-backup' : 'recover-outsider'
  return { ...enter(policy, id, { role: 'server', ...keptOf(kept), phase: 'outsider' }, view), rule }
}

export const onMessage = (policy: Policy, id: NodeId, state: Server, from: NodeId, message: Message): ReplicaMove =>
  match(message)
    .returnType<ReplicaMove>()
    .with({ type: 'view' }, ({ view }) =>
      view.number > state.view.number ? enter(policy, id, state, view) : stay('ignore-old-view', state)
    )
    .with({ type: P.union('report', 'append', 'have', 'activate') }, (said) => onAge(policy, id, state, from, said))
    .with({ type: P.union('propose', 'complete') }, () => stay('ignore-misdirected', state))
    .exhaustive()

export const onRequest = (policy: Policy, id: NodeId, state: Server, asked: ClientRequest<Request>): ReplicaMove =>
  state.phase === 'serving' ? take(policy, id, state, asked) : refuse(state, asked)

/** What is said within a view. */
type Said = Extract<Message, { readonly type: 'report' | 'append' | 'have' | 'activate' }>

/**
 * The epoch decides first. What comes from an earlier view is too late, and above all a write: its primary has been
 * replaced. What comes from a later view comes again, once this server has heard of the view.
 */
const onAge = (policy: Policy, id: NodeId, state: Server, from: NodeId, said: Said): ReplicaMove => {
  const { type, view } = said
  if (view > state.view.number) return stay('ignore-early', state)
  if (view < state.view.number) return stay(type === 'append' ? 'fence-off' : 'ignore-stale', state)
  return inView(policy, id, state, from, said)
}

const inView = (policy: Policy, id: NodeId, state: Server, from: NodeId, said: Said): ReplicaMove =>
  match([state, said] as const)
    .returnType<ReplicaMove>()
    .with([{ phase: 'gathering' }, { type: 'report' }], ([gathering, it]) => collect(policy, gathering, from, it))
    .with([{ phase: 'transferring' }, { type: 'have' }], ([own, it]) => countTransfer(policy, own, from, it))
    .with([{ phase: 'transferring' }, { type: 'activate' }], ([own]) => serve(policy, own))
    .with([{ phase: 'serving' }, { type: 'have' }], ([serving, it]) => count(policy, serving, from, it))
    .with([{ phase: 'serving' }, { type: 'activate' }], () => stay('ignore-activation', state))
    // The backup that says it again will hear from the next beat.
    .with([{ phase: P.union('transferring', 'serving') }, { type: 'report' }], () => stay('ignore-report', state))
    .with([{ phase: 'backup' }, { type: 'append' }], ([backup, it]) => follow(policy, id, backup, it))
    .with(
      [{ phase: 'gathering' }, { type: P.union('append', 'have', 'activate') }],
      [{ phase: P.union('transferring', 'serving') }, { type: 'append' }],
      [{ phase: 'backup' }, { type: P.union('report', 'have', 'activate') }],
      [{ phase: 'outsider' }, { type: P.union('report', 'append', 'have', 'activate') }],
      () => stay('ignore-misdirected', state)
    )
    .exhaustive()

/** Any message may have been lost. */
export const onBeat = (policy: Policy, state: Server): ReplicaMove => {
  const { rule, effects } = match(state)
    .returnType<Pick<ReplicaMove, 'rule' | 'effects'>>()
    .with({ phase: 'backup' }, (backup) =>
      backup.synced < backup.view.number
        ? { rule: 'report-again', effects: [report(backup)] }
        : { rule: 'beat', effects: [] }
    )
    .with({ phase: 'transferring' }, (own) => ({
      rule: 'send-again',
      effects: [
        ...sendMissing(policy, own, own.confirmed),
        ...(policy.service !== null && isTransferred(policy, own) ? [send(policy.service, complete(own))] : [])
      ]
    }))
    .with({ phase: 'serving' }, (own) => ({ rule: 'send-again', effects: sendMissing(policy, own, own.confirmed) }))
    .with({ phase: P.union('outsider', 'gathering') }, () => ({ rule: 'beat', effects: [] }))
    .exhaustive()
  return fired(rule, state, effects, startTimer('beat'))
}
