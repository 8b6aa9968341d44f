/**
 * A leader: it asks for the votes, hears what the acceptors voted, and decides. Where ballot 0 gets nowhere, it begins a
 * ballot of its own, in all instances at once. [GL06] §4.2
 */
import { match, P } from 'ts-pattern'
import { fired, including, isMajority, reply, send, sendAll, startTimer, stay, type NodeId } from '../kernel/index.ts'
import type { Decision, Message, Response, Values, Votes } from './messages.ts'
import { message, request, timeout, type Happening, type Move, type Node, type Rule } from './rules.ts'
import type { Durable, Leader, Tally } from './state.ts'

type In<Phase extends Leader['phase']> = Extract<Leader, { readonly phase: Phase }>

const undecided = { phase: P.union('listening', 'collecting-promises', 'collecting-votes') } as const

export const stepLeader = (self: Node, state: Leader, event: Happening): Move =>
  match([state, event] as const)
    .returnType<Move>()
    // Clients
    .with([{ phase: 'decided' }, request], ([{ decision }, { id }]) => fired('tell-outcome', state, tell(decision)(id)))
    .with([{ phase: 'listening', clients: [] }, request], ([listening, { id }]) =>
      fired(
        'send-prepare',
        { ...listening, clients: [id] },
        sendAll<Message>(self.config.cluster.resourceManagers, { type: 'prepare' }),
        startTimer('patience')
      )
    )
    .with([undecided, request], ([busy, { id }]) =>
      fired('await-outcome', { ...busy, clients: including(busy.clients, id) })
    )
    // Ballots
    .with([undecided, timeout], ([busy]) => beginBallot(self, busy))
    .with([{ phase: 'decided' }, timeout], () => stay('ignore-timeout', state))
    .with(
      [P._, message(P.union('phase-1b', 'phase-2b'))],
      ([
        { ballot },
        {
          message: { ballot: other }
        }
      ]) => ballot !== other,
      () => stay('ignore-other-ballot', state)
    )
    .with(
      [{ phase: 'collecting-promises' }, message('phase-1b')],
      ([
        collecting,
        {
          from,
          message: { votes }
        }
      ]) => onPromise(self, collecting, from, votes)
    )
    .with(
      [{ phase: P.union('listening', 'collecting-votes') }, message('phase-2b')],
      ([
        collecting,
        {
          from,
          message: { values }
        }
      ]) => onVotes(self, collecting, from, values)
    )
    // The majority was there without this one.
    .with([{ phase: P.union('listening', 'collecting-votes', 'decided') }, message('phase-1b')], () =>
      stay('ignore-other-ballot', state)
    )
    .with([{ phase: P.union('collecting-promises', 'decided') }, message('phase-2b')], () =>
      stay('ignore-other-ballot', state)
    )
    // The decision
    .with(
      [undecided, message(P.union('commit', 'abort'))],
      ([
        busy,
        {
          message: { type }
        }
      ]) => fired('learn-from-leader', decidedAs(busy, type), busy.clients.map(tell(type)))
    )
    .with([{ phase: 'decided' }, message(P.union('commit', 'abort'))], () => stay('ignore-decision', state))
    .with([{ phase: 'decided' }, message('decision-request')], ([{ decision }, { from }]) =>
      fired('answer-decision-request', state, send<Message>(from, { type: decision }))
    )
    // Somebody waits, so somebody should see that it ends.
    .with([undecided, message('decision-request')], () => fired('begin-watching', state, startTimer('patience')))
    .with([P._, message(P.union('prepare', 'phase-1a', 'phase-2a'))], () => stay('ignore-misdirected', state))
    .exhaustive()

/** Leaders share the ballots from 1 on, one by one. */
const ballotAfter = ({ id, config }: Node, ballot: number): number => {
  const { leaders } = config.cluster
  return ballot === 0 ? leaders.indexOf(id) + 1 : ballot + leaders.length
}

/** Phase 1a. The ballot is on disk before anybody hears of it: begun twice, it could be led to two different ends. */
const beginBallot = (self: Node, { role, ballot, clients }: Leader): Move => {
  const next = ballotAfter(self, ballot)
  return fired(
    'begin-ballot',
    { role, phase: 'collecting-promises', ballot: next, clients, promised: [], votes: {} },
    sendAll<Message>(self.config.cluster.acceptors, { type: 'phase-1a', ballot: next }),
    startTimer('patience')
  )
}

/** The later vote in each instance. */
const laterOf = (one: Votes, other: Votes): Votes => ({
  ...one,
  ...Object.fromEntries(Object.entries(other).filter(([id, { ballot }]) => ballot > (one[id]?.ballot ?? -1)))
})

const onPromise = (self: Node, state: In<'collecting-promises'>, from: NodeId, reported: Votes): Move => {
  const { acceptors, resourceManagers } = self.config.cluster
  const promised = including(state.promised, from)
  const votes = laterOf(state.votes, reported)
  if (!isMajority(promised, acceptors)) return fired('count-promise', { ...state, promised, votes })
  // What may have been chosen is proposed again. Where nothing can have been, the leader is free, and proposes `aborted`.
  const values: Values = Object.fromEntries(resourceManagers.map((id) => [id, votes[id]?.value ?? 'aborted']))
  const { role, ballot, clients } = state
  return fired(
    'propose',
    { role, phase: 'collecting-votes', ballot, clients, values, tally: {} },
    sendAll<Message>(acceptors, { type: 'phase-2a', ballot, values })
  )
}

const onVotes = (self: Node, state: In<'listening' | 'collecting-votes'>, from: NodeId, values: Values): Move => {
  const counted = Object.entries(values).map(
    ([id, value]) => [id, { value, acceptors: including(state.tally[id]?.acceptors ?? [], from) }] as const
  )
  const tally = { ...state.tally, ...Object.fromEntries(counted) }
  const decision = decisionFrom(self, tally)
  return decision === null ? fired('count-votes', { ...state, tally }) : decide('decide', self, state, decision)
}

/** Commit where every instance has chosen `prepared`, abort as soon as one has chosen `aborted`, nothing yet otherwise. */
const decisionFrom = ({ config }: Node, tally: Tally): Decision | null => {
  const { acceptors, resourceManagers } = config.cluster
  const chosen = resourceManagers.map((id) => {
    const votes = tally[id]
    return votes !== undefined && isMajority(votes.acceptors, acceptors) ? votes.value : null
  })
  if (chosen.includes('aborted')) return 'abort'
  return chosen.every((value) => value === 'prepared') ? 'commit' : null
}

const decidedAs = ({ role, ballot }: Leader, decision: Decision): Leader => ({
  role,
  phase: 'decided',
  ballot,
  clients: [],
  decision
})

const decide = (rule: Rule, self: Node, state: Leader, decision: Decision): Move =>
  fired(rule, decidedAs(state, decision), announce(self, decision), state.clients.map(tell(decision)))

const announce = ({ id, config }: Node, decision: Decision) => {
  const { resourceManagers, leaders } = config.cluster
  return sendAll<Message>([...resourceManagers, ...leaders.filter((other) => other !== id)], { type: decision })
}

const tell = (decision: Decision) => (client: NodeId) => reply<Response>(client, { type: 'outcome', decision })

/** One that does not know the decision can find it by a ballot, and will if somebody asks. */
export const recoverLeader = (
  self: Node,
  { role, ballot, decision }: Extract<Durable, { readonly role: 'leader' }>
): Move =>
  decision === null
    ? fired('recover-undecided', { role, phase: 'listening', ballot, clients: [], tally: {} }, startTimer('patience'))
    : fired('recover-and-resend', { role, phase: 'decided', ballot, clients: [], decision }, announce(self, decision))
