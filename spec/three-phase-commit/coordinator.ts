/** The coordinator until it has decided: three phases, and what it does when a participant fails. [Skeen81], [BHG87] §7.5 */
import { match, P } from 'ts-pattern'
import {
  excluding,
  fired,
  including,
  others,
  reply,
  sendAll,
  stay,
  type NodeId,
  type RequestId
} from '../kernel/index.ts'
import type { Decision, Response } from './messages.ts'
import { message, patience, request, timeout, type Happening, type Move, type Rule, type Site } from './rules.ts'
import type { Coordinator } from './state.ts'

type In<Phase extends Coordinator['phase']> = Extract<Coordinator, { readonly phase: Phase }>
export type UndecidedCoordinator = In<'initial' | 'waiting' | 'prepared'>

const asked = { phase: P.union('waiting', 'prepared') } as const

export const stepCoordinator = (self: Site, state: UndecidedCoordinator, event: Happening): Move =>
  match([state, event] as const)
    .returnType<Move>()
    .with([{ phase: 'initial' }, request], ([, { id }]) => askForVotes(self, id))
    .with([asked, request], ([waiting, { id }]) =>
      fired('await-outcome', { ...waiting, clients: including(waiting.clients, id) })
    )
    // First phase
    .with([{ phase: 'waiting' }, message('yes')], ([waiting, { from }]) => onYes(self, waiting, from))
    .with([{ phase: 'waiting' }, message('no')], ([{ clients }]) => decide('abort-on-no', self, 'abort', clients))
    .with([{ phase: 'waiting' }, message('recovering')], ([{ clients }]) =>
      decide('abort-on-failed-voter', self, 'abort', clients)
    )
    .with([{ phase: 'waiting' }, timeout], ([{ clients }]) => decide('abort-on-missing-votes', self, 'abort', clients))
    .with([{ phase: P.union('initial', 'prepared') }, message(P.union('yes', 'no'))], () => stay('ignore-vote', state))
    // Second phase
    .with([{ phase: 'prepared' }, message('ack')], ([prepared, { from }]) =>
      awaitOthers('count-ack', 'commit-on-last-ack', self, prepared, from)
    )
    // A site that has failed cannot be waited for. It will ask what was decided.
    .with([{ phase: 'prepared' }, message('recovering')], ([prepared, { from }]) =>
      awaitOthers('do-without-failed', 'commit-without-failed', self, prepared, from)
    )
    .with([{ phase: 'prepared' }, timeout], ([{ clients }]) => decide('commit-without-failed', self, 'commit', clients))
    .with([{ phase: P.union('initial', 'waiting') }, message('ack')], () => stay('ignore-ack', state))
    // Who failed before it was asked will vote no.
    .with([{ phase: 'initial' }, message('recovering')], () => stay('ignore-failure', state))
    // From a backup coordinator that took this site for failed, and was wrong.
    .with(
      [asked, message(P.union('commit', 'abort'))],
      ([
        { clients },
        {
          message: { type }
        }
      ]) => decide('learn-decision', self, type, clients)
    )
    .with(
      [{ phase: 'initial' }, message(P.union('commit', 'abort'))],
      ([
        ,
        {
          message: { type }
        }
      ]) => decide('learn-decision', self, type, [])
    )
    .with([{ phase: 'initial' }, timeout], () => stay('ignore-timeout', state))
    .with([P._, message(P.union('vote-request', 'pre-commit', 'back-to-wait', 'decision-request'))], () =>
      stay('ignore-misdirected', state)
    )
    .exhaustive()

const askForVotes = (self: Site, client: RequestId): Move =>
  fired(
    'ask-for-votes',
    { role: 'coordinator', phase: 'waiting', yes: [], clients: [client] },
    sendAll(others(self), { type: 'vote-request' }),
    patience
  )

/** All have voted yes. That is on disk before anybody hears of it: a coordinator that forgot it would abort. */
const onYes = (self: Site, waiting: In<'waiting'>, from: NodeId): Move => {
  const yes = including(waiting.yes, from)
  if (yes.length < others(self).length) return fired('count-yes', { ...waiting, yes })
  return fired(
    'pre-commit-on-last-yes',
    { role: 'coordinator', phase: 'prepared', awaiting: yes, clients: waiting.clients },
    sendAll(others(self), { type: 'pre-commit' }),
    patience
  )
}

const awaitOthers = (waits: Rule, commits: Rule, self: Site, prepared: In<'prepared'>, from: NodeId): Move => {
  const awaiting = excluding(prepared.awaiting, from)
  return awaiting.length === 0
    ? decide(commits, self, 'commit', prepared.clients)
    : fired(waits, { ...prepared, awaiting })
}

const decide = (rule: Rule, self: Site, decision: Decision, clients: ReadonlyArray<RequestId>): Move =>
  fired(
    rule,
    { role: 'coordinator', phase: 'decided', decision },
    sendAll(others(self), { type: decision }),
    clients.map((client) => reply<Response>(client, { type: 'outcome', decision }))
  )
