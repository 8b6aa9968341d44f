/**
 * Single-decree Paxos as in Stateright's example of that name [Stateright], to the state: with three servers and two clients, on a
 * network that neither loses nor duplicates nor orders, it has 16,668 states. The checker is judged by that.
 *
 * There, a message that a node has no use for stays in flight, to be delivered when it has. Here a delivery takes its
 * message away, whatever comes of it; so such a delivery leads out of bounds, and the published states are those inside.
 */
import * as t from 'io-ts'
import { match } from 'ts-pattern'
import {
  always,
  closed,
  fired,
  including,
  isMajority,
  living,
  Natural,
  NodeId,
  others,
  Positive,
  reachable,
  send,
  sendAll,
  type Event,
  type Protocol,
  type Self,
  type Signature,
  type Step
} from '../../spec/kernel/index.ts'
import { model, sameNodes, unordered } from '../../src/model/model.ts'
import { parameter, parametric } from '../../src/model/parameters.ts'
import { firstWrites, hasRead, isLinearizable, onAnswer, ToClient, ToServer, type Clients } from './register-clients.ts'

const Ballot = closed('Ballot', { round: Natural, server: NodeId })
type Ballot = t.TypeOf<typeof Ballot>

const Proposal = closed('Proposal', { client: t.string, request: Natural, value: t.string })
type Proposal = t.TypeOf<typeof Proposal>

const Vote = closed('Vote', { ballot: Ballot, proposal: Proposal })
type Vote = t.TypeOf<typeof Vote>

const ToPeer = t.union([
  closed('Prepare', { type: t.literal('prepare'), ballot: Ballot }),
  closed('Prepared', { type: t.literal('prepared'), ballot: Ballot, accepted: t.union([Vote, t.null]) }),
  closed('Accept', { type: t.literal('accept'), vote: Vote }),
  closed('Accepted', { type: t.literal('accepted'), ballot: Ballot }),
  closed('Decided', { type: t.literal('decided'), vote: Vote })
])

const Message = t.union([...ToPeer.types, ...ToServer.types, ...ToClient.types])

type Config = { readonly role: 'server' } | { readonly role: 'clients'; readonly count: number }

interface Server {
  readonly role: 'server'
  readonly ballot: Ballot
  readonly proposal: Proposal | null
  /** What each server that prepared this ballot had accepted before. */
  readonly prepares: Readonly<Record<NodeId, Vote | null>>
  /** Who accepted in this ballot: sorted. */
  readonly accepts: ReadonlyArray<NodeId>
  readonly accepted: Vote | null
  readonly isDecided: boolean
}

const rules = [
  'init',
  'propose',
  'prepare',
  'count-prepared',
  'ask-to-accept',
  'accept',
  'count-accepted',
  'decide',
  'learn',
  'answer-read',
  'hear-answer',
  'no-use'
] as const

export type SingleDecree = Signature<{
  config: Config
  /** Out of bounds: a node was given what it has no use for. */
  state: Server | { readonly role: 'clients'; readonly clients: Clients } | { readonly role: 'outside' }
  message: t.TypeOf<typeof Message>
  rule: (typeof rules)[number]
}>

type Move = Step<SingleDecree>
type Peer = Self<SingleDecree>

const peersOf = (self: Peer) => others(self).filter((node) => node !== 'clients')
const serversOf = (self: Peer) => self.nodes.filter((node) => node !== 'clients')

const noUse: Move = fired('no-use', { role: 'outside' })

const isBefore = (one: Ballot, other: Ballot): boolean =>
  one.round < other.round || (one.round === other.round && one.server < other.server)

const isSame = (one: Ballot, other: Ballot): boolean => one.round === other.round && one.server === other.server

const initial = (self: Peer): Move => {
  const servers = serversOf(self)
  if (self.config.role === 'clients') {
    const { clients, effects } = firstWrites(self.config.count, servers)
    return fired('init', { role: 'clients', clients }, effects)
  }
  const ballot = { round: 0, server: servers[0] ?? '' }
  const nothing = { proposal: null, prepares: {}, accepts: [], accepted: null, isDecided: false }
  return fired('init', { role: 'server', ballot, ...nothing })
}

/** The proposal that was accepted in the highest ballot, or else one's own. */
const safeProposal = (prepares: Server['prepares'], own: Proposal | null): Proposal | null =>
  Object.values(prepares).reduce<Vote | null>(
    (highest, vote) => (vote !== null && (highest === null || isBefore(highest.ballot, vote.ballot)) ? vote : highest),
    null
  )?.proposal ?? own

const onPrepared = (self: Peer, state: Server, from: NodeId, accepted: Vote | null): Move => {
  const prepares = { ...state.prepares, [from]: accepted }
  const proposal = safeProposal(prepares, state.proposal)
  // With exactly a majority: a server that answers late is only counted.
  if (proposal === null || !isBareMajority(Object.keys(prepares), serversOf(self)))
    return fired('count-prepared', { ...state, prepares })
  const vote: Vote = { ballot: state.ballot, proposal }
  const asking: Server = { ...state, prepares, proposal, accepted: vote, accepts: including(state.accepts, self.id) }
  return fired('ask-to-accept', asking, sendAll(peersOf(self), { type: 'accept', vote }))
}

const onAccepted = (self: Peer, state: Server, from: NodeId): Move => {
  const accepts = including(state.accepts, from)
  const { ballot, proposal } = state
  if (proposal === null || !isBareMajority(accepts, serversOf(self)))
    return fired('count-accepted', { ...state, accepts })
  const { client, request } = proposal
  return fired(
    'decide',
    { ...state, accepts, isDecided: true },
    sendAll(peersOf(self), { type: 'decided', vote: { ballot, proposal } }),
    send('clients', { type: 'put-ok', client, request })
  )
}

const isBareMajority = (set: ReadonlyArray<NodeId>, all: ReadonlyArray<NodeId>): boolean =>
  isMajority(set, all) && !isMajority(set.slice(1), all)

const stepServer = (self: Peer, state: Server, { from, message }: Extract<Event<SingleDecree>, { type: 'deliver' }>) =>
  match(message)
    .returnType<Move>()
    .with({ type: 'get' }, ({ client, request }) =>
      state.isDecided && state.accepted !== null
        ? fired(
            'answer-read',
            state,
            send('clients', { type: 'get-ok', client, request, value: state.accepted.proposal.value })
          )
        : noUse
    )
    .with({ type: 'put' }, ({ client, request, value }) => {
      if (state.isDecided || state.proposal !== null) return noUse
      const ballot = { round: state.ballot.round + 1, server: self.id }
      const prepares = { [self.id]: state.accepted }
      return fired(
        'propose',
        { ...state, proposal: { client, request, value }, ballot, prepares, accepts: [] },
        sendAll(peersOf(self), { type: 'prepare', ballot })
      )
    })
    .with({ type: 'prepare' }, ({ ballot }) =>
      !state.isDecided && isBefore(state.ballot, ballot)
        ? fired('prepare', { ...state, ballot }, send(from, { type: 'prepared', ballot, accepted: state.accepted }))
        : noUse
    )
    .with({ type: 'prepared' }, ({ ballot, accepted }) =>
      !state.isDecided && isSame(state.ballot, ballot) ? onPrepared(self, state, from, accepted) : noUse
    )
    .with({ type: 'accept' }, ({ vote }) =>
      !state.isDecided && !isBefore(vote.ballot, state.ballot)
        ? fired(
            'accept',
            { ...state, ballot: vote.ballot, accepted: vote },
            send(from, { type: 'accepted', ballot: vote.ballot })
          )
        : noUse
    )
    .with({ type: 'accepted' }, ({ ballot }) =>
      !state.isDecided && isSame(state.ballot, ballot) ? onAccepted(self, state, from) : noUse
    )
    .with({ type: 'decided' }, ({ vote }) =>
      state.isDecided ? noUse : fired('learn', { ...state, ballot: vote.ballot, accepted: vote, isDecided: true })
    )
    .with({ type: 'put-ok' }, { type: 'get-ok' }, () => noUse)
    .exhaustive()

const stepClients = (self: Peer, clients: Clients, message: t.TypeOf<typeof Message>): Move => {
  const heard =
    message.type === 'put-ok' || message.type === 'get-ok' ? onAnswer(clients, serversOf(self), message) : null
  return heard === null ? noUse : fired('hear-answer', { role: 'clients', clients: heard.clients }, heard.effects)
}

const singleDecree: Protocol<SingleDecree> = {
  name: 'published-single-decree',
  wireVersion: 1,
  codecs: { message: Message, durable: t.null },
  rules,
  timers: [],
  initial,
  step: (self, state, event) => {
    if (event.type !== 'deliver' || state.role === 'outside') return noUse
    return state.role === 'server' ? stepServer(self, state, event) : stepClients(self, state.clients, event.message)
  },
  // The published example has no crashes, so nothing is kept and nobody recovers.
  durable: () => null,
  recover: initial
}

export default parametric(
  { servers: parameter(Positive, 3, 'servers'), clients: parameter(Positive, 2, 'clients') },
  ({ servers, clients }) =>
    model<SingleDecree>({
      name: 'published-single-decree',
      protocol: singleDecree,
      nodes: {
        ...sameNodes<Config>('s', servers, { role: 'server' }),
        clients: { role: 'clients', count: clients }
      },
      network: unordered(),
      bounds: { node: (node) => node.up && node.state.role !== 'outside' },
      properties: [
        always('linearizable', ({ nodes }) =>
          living(nodes).every(({ state }) => state.role !== 'clients' || isLinearizable(state.clients))
        ),
        reachable('a-value-is-read', ({ nodes }) =>
          living(nodes).some(({ state }) => state.role === 'clients' && hasRead(state.clients))
        )
      ],
      mayStop: true
    })
)
