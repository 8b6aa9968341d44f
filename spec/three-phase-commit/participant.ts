/**
 * A participant until it has decided: it votes and moves as it is told, and where the coordinator fails the first site left
 * takes its place. This is the termination protocol of [Skeen81]: a backup coordinator first moves all to its own state
 * and waits for them, then decides, commit from `prepared` and abort from `wait`.
 */
import { match, P } from 'ts-pattern'
import { excluding, fired, including, others, send, sendAll, setOf, stay, type NodeId } from '../kernel/index.ts'
import type { Decision, Message } from './messages.ts'
import { message, patience, timeout, type Happening, type Move, type Rule, type Site } from './rules.ts'
import type { Participant } from './state.ts'

type In<Phase extends Participant['phase']> = Extract<Participant, { readonly phase: Phase }>
export type UndecidedParticipant = In<'working' | 'wait' | 'prepared'>
type Voted = In<'wait' | 'prepared'>

const voted = { phase: P.union('wait', 'prepared') } as const
type Happened = Exclude<Happening, { readonly type: 'request' }>

export const stepParticipant = (self: Site, state: UndecidedParticipant, event: Happened): Move =>
  match([state, event] as const)
    .returnType<Move>()
    .with(
      [P._, message(P.union('vote-request', 'pre-commit', 'back-to-wait'))],
      ([{ coordinator }, { from }]) => isBefore(self, from, coordinator),
      () => stay('ignore-superseded', state)
    )
    // First phase
    .with([{ phase: 'working', vote: 'yes' }, message('vote-request')], ([{ coordinator, failed }]) =>
      fired(
        'vote-yes',
        { role: 'participant', phase: 'wait', coordinator, failed, awaiting: null },
        send(coordinator, { type: 'yes' }),
        patience
      )
    )
    .with([{ phase: 'working', vote: 'no' }, message('vote-request')], ([, { from }]) =>
      fired('vote-no', decided('abort'), send(from, { type: 'no' }))
    )
    .with([voted, message('vote-request')], () => stay('ignore-vote-request', state))
    // Second phase, and the first of the termination protocol
    .with([voted, message('pre-commit')], ([site, { from }]) =>
      moveTo('prepared', 'move-to-prepared', self, site, from)
    )
    .with([voted, message('back-to-wait')], ([site, { from }]) => moveTo('wait', 'move-to-wait', self, site, from))
    .with([{ phase: 'working' }, message('back-to-wait')], ([, { from }]) =>
      fired('abort-before-vote', decided('abort'), send(from, { type: 'abort' }))
    )
    .with([{ phase: 'working' }, message('pre-commit')], () => stay('ignore-misdirected', state))
    // Third phase
    .with(
      [P._, message(P.union('commit', 'abort'))],
      ([
        site,
        {
          message: { type }
        }
      ]) =>
        site.phase !== 'working' && site.awaiting !== null
          ? decide('learn-and-tell-decision', self, type)
          : fired('learn-decision', decided(type), sendAll(site.failed, { type }))
    )
    // Failures
    .with([voted, message('ack')], ([site, { from }]) => onAck(self, site, from))
    .with([{ phase: 'working' }, message('ack')], () => stay('ignore-ack', state))
    .with([P._, message('recovering')], ([site, { from }]) => onFailure(self, site, including(site.failed, from), from))
    .with([P._, message('decision-request')], ([site]) => onDecisionRequest(self, site))
    .with([P._, timeout], ([site]) => onPatienceEnd(self, site))
    .with([P._, message(P.union('yes', 'no'))], () => stay('ignore-misdirected', state))
    .exhaustive()

const decided = (decision: Decision): Participant => ({ role: 'participant', phase: 'decided', decision })

const decide = (rule: Rule, self: Site, decision: Decision): Move =>
  fired(rule, decided(decision), sendAll(others(self), { type: decision }))

/**
 * A site that takes orders from a backup knows that all before it have failed, and takes no orders from those any more: their messages
 * may come late.
 */
const moveTo = (phase: Voted['phase'], rule: Rule, self: Site, site: Voted, from: NodeId): Move =>
  fired(
    rule,
    { ...site, phase, coordinator: from, failed: withAllBefore(self, from, site.failed), awaiting: null },
    send<Message>(from, { type: 'ack' }),
    patience
  )

// Succession ---------------------------------------------------------------------------------------------------------

/** The order in which sites coordinate: as they stand in the cluster, whose first is the coordinator. */
const isBefore = ({ nodes }: Site, one: NodeId, other: NodeId): boolean => nodes.indexOf(one) < nodes.indexOf(other)

const withAllBefore = (self: Site, node: NodeId, failed: ReadonlyArray<NodeId>): ReadonlyArray<NodeId> =>
  setOf([...failed, ...self.nodes.slice(0, self.nodes.indexOf(node))])

/** `failed`: all who are known to have, of which `last` is news. */
const onFailure = (self: Site, site: UndecidedParticipant, failed: ReadonlyArray<NodeId>, last: NodeId): Move => {
  if (site.phase === 'working')
    // A site that has not voted may abort whenever it likes, and now there is nobody to ask for its vote.
    return failed.includes(site.coordinator)
      ? decide('abort-as-backup', self, 'abort')
      : fired('note-failure', { ...site, failed })
  if (site.awaiting !== null)
    return awaitOthers('note-failure', 'decide-without-failed', self, { ...site, failed }, last)
  const next = self.nodes.find((node) => !failed.includes(node)) ?? self.id
  if (next === self.id) return takeOver(self, { ...site, failed })
  return isBefore(self, site.coordinator, next)
    ? fired(
        'follow-backup',
        { ...site, failed, coordinator: next },
        send<Message>(next, { type: 'decision-request' }),
        patience
      )
    : fired('note-failure', { ...site, failed })
}

/** Another site waits for this one to take over: all before it have failed. */
const onDecisionRequest = (self: Site, site: UndecidedParticipant): Move =>
  site.phase !== 'working' && site.awaiting !== null
    ? stay('ignore-decision-request', site)
    : onFailure(self, site, withAllBefore(self, self.id, site.failed), site.coordinator)

/** Phase one of the termination protocol: bring all that are left to the state this site is in, so that they would decide alike. */
const takeOver = (self: Site, site: Voted): Move => {
  const left = setOf(others(self).filter((node) => !site.failed.includes(node)))
  if (left.length === 0) return decide('decide-alone', self, decisionFrom(site))
  const leading: Voted = { ...site, coordinator: self.id, awaiting: left }
  return site.phase === 'wait'
    ? fired('move-others-to-wait', leading, sendAll(left, { type: 'back-to-wait' }), patience)
    : fired('move-others-to-prepared', leading, sendAll(left, { type: 'pre-commit' }), patience)
}

/** Phase two: commit if somebody may have committed while this site was in its state, or else abort. */
const decisionFrom = ({ phase }: Voted): Decision => (phase === 'prepared' ? 'commit' : 'abort')

const onAck = (self: Site, site: Voted, from: NodeId): Move =>
  site.awaiting === null
    ? stay('ignore-ack', site)
    : awaitOthers('count-ack-as-backup', 'decide-on-last-ack', self, site, from)

const awaitOthers = (waits: Rule, decides: Rule, self: Site, site: Voted, from: NodeId): Move => {
  const awaiting = excluding(site.awaiting ?? [], from)
  return awaiting.length === 0 ? decide(decides, self, decisionFrom(site)) : fired(waits, { ...site, awaiting })
}

/** Who has not been heard for too long has failed, or so it is believed. */
const onPatienceEnd = (self: Site, site: UndecidedParticipant): Move =>
  site.phase === 'working' || site.awaiting === null
    ? onFailure(self, site, including(site.failed, site.coordinator), site.coordinator)
    : decide('decide-without-failed', self, decisionFrom(site))
