/**
 * A resource manager: it votes in ballot 0 of its own instance of Paxos, where nobody else may propose, and then waits for the
 * decision. [GL06] §4.2
 */
import { match, P } from 'ts-pattern'
import { fired, sendAll, startTimer, stay } from '../kernel/index.ts'
import type { Message, Value } from './messages.ts'
import { message, refuseClient, request, timeout, type Happening, type Move, type Node, type Rule } from './rules.ts'
import type { Durable, ResourceManager } from './state.ts'

const role = 'resource-manager'
const prepared: ResourceManager = { role, phase: 'prepared' }
const aborted: ResourceManager = { role, phase: 'decided', decision: 'abort' }

export const stepResourceManager = (self: Node, state: ResourceManager, event: Happening): Move =>
  match([state, event] as const)
    .returnType<Move>()
    .with([{ phase: 'working', vote: 'prepared' }, message('prepare')], () =>
      fired('vote-prepared', prepared, propose(self, 'prepared'), startTimer('patience'))
    )
    // Who proposes `aborted` need not wait: in its instance nothing else can be chosen any more.
    .with([{ phase: 'working', vote: 'aborted' }, message('prepare')], () =>
      fired('vote-aborted', aborted, propose(self, 'aborted'))
    )
    .with([{ phase: 'working' }, timeout], () => fired('abort-before-vote', aborted, propose(self, 'aborted')))
    .with([{ phase: 'prepared' }, message('prepare')], () => fired('repeat-vote', state, propose(self, 'prepared')))
    .with([{ phase: 'decided', decision: 'abort' }, message('prepare')], () =>
      fired('repeat-vote', state, propose(self, 'aborted'))
    )
    .with([{ phase: 'decided', decision: 'commit' }, message('prepare')], () => stay('ignore-decision', state))
    .with([{ phase: 'prepared' }, timeout], () => ask(self, 'repeat-vote-and-ask'))
    .with(
      [{ phase: P.union('working', 'prepared') }, message(P.union('commit', 'abort'))],
      ([
        ,
        {
          message: { type }
        }
      ]) => fired('learn-decision', { role, phase: 'decided', decision: type })
    )
    .with([{ phase: 'decided' }, message(P.union('commit', 'abort'))], () => stay('ignore-decision', state))
    .with([{ phase: 'decided' }, timeout], () => stay('ignore-timeout', state))
    .with([P._, message(P.union('phase-1a', 'phase-1b', 'phase-2a', 'phase-2b', 'decision-request'))], () =>
      stay('ignore-misdirected', state)
    )
    .with([P._, request], ([, { id }]) => refuseClient(self, state, id))
    .exhaustive()

/** Phase 2a of ballot 0. Nothing was voted before it, so it needs no phase 1. */
const propose = ({ id, config }: Node, value: Value) =>
  sendAll<Message>(config.cluster.acceptors, { type: 'phase-2a', ballot: 0, values: { [id]: value } })

/** Votes again and asks what was decided, since any of it may have been lost. A leader that is asked takes an interest. */
const ask = (self: Node, rule: Rule): Move =>
  fired(
    rule,
    prepared,
    propose(self, 'prepared'),
    sendAll<Message>(self.config.cluster.leaders, { type: 'decision-request' }),
    startTimer('patience')
  )

/** One that finds no vote never sent one, so it may abort. One that finds its vote must ask. */
export const recoverResourceManager = (
  self: Node,
  { record }: Extract<Durable, { readonly role: 'resource-manager' }>
): Move =>
  match(record)
    .returnType<Move>()
    .with(null, () => fired('recover-unvoted', aborted, propose(self, 'aborted')))
    .with('prepared', () => ask(self, 'recover-prepared'))
    .with('commit', 'abort', (decision) => stay('recover-decided', { role, phase: 'decided', decision }))
    .exhaustive()
