/** Leadership on lease [GC89], granted by a majority. */
import { match } from 'ts-pattern'
import {
  broadcast,
  fired,
  including,
  isMajority,
  reply,
  send,
  startTimer,
  stay,
  type Event,
  type NodeId,
  type Self,
  type Signature,
  type Step
} from '../kernel/index.ts'
import type { Message, Request, Response } from './messages.ts'
import type { Config, Durable, State, Timer } from './state.ts'

/** The clauses, in the order of this file. */
export const rules = [
  'start-clock',
  'recover-grant',
  // the clock
  'tick',
  'end-lease',
  // who wants to lead
  'bid',
  'await-expiry',
  'count-grant',
  'take-lease',
  'ignore-late-grant',
  // who grants
  'grant',
  'repeat-grant',
  'refuse-bid',
  'ignore-expired-bid',
  // clients
  'answer-client'
] as const
export type Rule = (typeof rules)[number]

export type LeaseElection = Signature<{
  config: Config
  state: State
  durable: Durable
  message: Message
  timer: Timer
  request: Request
  response: Response
  rule: Rule
}>
type Me = Self<LeaseElection>
type Move = Step<LeaseElection>

const begin = (rule: Rule, { clock, granted }: Durable): Move =>
  fired(rule, { clock, granted, bid: null, lease: null }, startTimer('tick'), startTimer('campaign'))

export const initial = (): Move => begin('start-clock', { clock: 0, granted: null })

export const recover = (_self: Me, disk: Durable): Move => begin('recover-grant', disk)

export const step = (self: Me, state: State, event: Event<LeaseElection>): Move =>
  match(event)
    .returnType<Move>()
    .with({ type: 'timeout', timer: 'tick' }, () => tick(self, state))
    .with({ type: 'timeout', timer: 'campaign' }, () => campaign(self, state))
    .with({ type: 'deliver', message: { type: 'grant' } }, ({ from, message: { until } }) =>
      onGrant(self, state, from, until)
    )
    .with({ type: 'deliver', message: { type: 'bid' } }, ({ from, message: { until } }) => onBid(state, from, until))
    .with({ type: 'request' }, ({ id }) =>
      fired('answer-client', state, reply<Response>(id, { type: 'leading', leads: state.lease !== null }))
    )
    .exhaustive()

// The clock ----------------------------------------------------------------------------------------------------------

/**
 * A grant binds until this clock shows its end. A leader stops `drift` ticks before, and gives up a bid that could give
 * it nothing any more: a grantor's clock may be that much ahead of its own.
 */
const tick = ({ config: { drift } }: Me, { clock: before, granted, bid, lease }: State): Move => {
  const clock = before + 1
  const isOver = (until: number): boolean => until - drift <= clock
  const ends = lease !== null && isOver(lease)
  return fired(
    ends ? 'end-lease' : 'tick',
    {
      clock,
      granted: granted !== null && granted.until <= clock ? null : granted,
      bid: bid !== null && isOver(bid.until) ? null : bid,
      lease: ends ? null : lease
    },
    startTimer('tick')
  )
}

// Who wants to lead --------------------------------------------------------------------------------------------------

/** A server grants itself first, so it does not bid while it is bound to another. A leader bids to lead on. */
const campaign = (self: Me, state: State): Move => {
  const { granted, clock } = state
  if (granted !== null && granted.to !== self.id) return fired('await-expiry', state, startTimer('campaign'))
  const until = clock + self.config.duration
  const bidding = withGrants('bid', self, { ...state, granted: { to: self.id, until } }, until, [self.id])
  return fired(bidding.rule, bidding.state, broadcast<Message>(self, { type: 'bid', until }), startTimer('campaign'))
}

const onGrant = (self: Me, state: State, from: NodeId, until: number): Move =>
  state.bid?.until === until
    ? withGrants('count-grant', self, state, until, including(state.bid.by, from))
    : stay('ignore-late-grant', state)

/** The lease ends where the bid said, however late the grants come in. The rule is for when they are too few. */
const withGrants = (rule: Rule, self: Me, state: State, until: number, by: ReadonlyArray<NodeId>): Move =>
  isMajority(by, self.nodes)
    ? fired('take-lease', { ...state, bid: null, lease: until })
    : fired(rule, { ...state, bid: { until, by } })

// Who grants ---------------------------------------------------------------------------------------------------------

/** To one server at a time: bound until the end of what was granted, on this clock, and longer if the same one bids on. */
const onBid = (state: State, from: NodeId, until: number): Move => {
  const { clock, granted } = state
  const grant = send<Message>(from, { type: 'grant', until })
  if (until <= clock) return stay('ignore-expired-bid', state)
  if (granted !== null && granted.to !== from) return stay('refuse-bid', state)
  return granted !== null && granted.until >= until
    ? fired('repeat-grant', state, grant)
    : fired('grant', { ...state, granted: { to: from, until } }, grant)
}
