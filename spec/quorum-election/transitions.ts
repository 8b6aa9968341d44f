/** Leader election by majority, term by term [Raft] §5.2, with a store that fences off older terms [Burrows06] §2.4. */
import { match, P } from 'ts-pattern'
import {
  fired,
  including,
  isMajority,
  reply,
  send,
  sendAll,
  startTimer,
  stay,
  stopTimer,
  type Event,
  type NodeId,
  type RequestId,
  type Self,
  type Signature,
  type Step
} from '../kernel/index.ts'
import type { Message, Request, Response } from './messages.ts'
import type { Config, Durable, Server, State, Store, Timer } from './state.ts'

/** The clauses, in the order of this file. */
export const rules = [
  'await-leader',
  'await-writes',
  'recover-as-follower',
  'recover-fence',
  // a server
  'stand-for-election',
  'grant-vote',
  'refuse-second-vote',
  'refuse-stale-candidate',
  'count-vote',
  'win-election',
  'ignore-late-vote',
  'follow-leader',
  'refuse-stale-leader',
  'step-down',
  'ignore-known-term',
  'ignore-timeout',
  // a leader
  'repeat-fence',
  'send-heartbeat',
  'take-office',
  'ignore-late-fence',
  'ask-store-to-write',
  'refuse-client',
  'confirm-write',
  'ignore-late-write',
  // the store
  'raise-fence',
  'replace-content',
  'pass-over-older-write',
  'refuse-below-fence',
  'refuse-request',
  // both
  'ignore-misdirected'
] as const
export type Rule = (typeof rules)[number]

export type QuorumElection = Signature<{
  config: Config
  state: State
  durable: Durable
  message: Message
  timer: Timer
  request: Request
  response: Response
  rule: Rule
}>
type Me = Self<QuorumElection>
type Happening = Event<QuorumElection>
type Move = Step<QuorumElection>

/** Every node but the store. */
const serversOf = ({ nodes, config }: Me): ReadonlyArray<NodeId> => nodes.filter((node) => node !== config.store)

export const initial = ({ id, config }: Me): Move =>
  id === config.store
    ? fired('await-writes', { role: 'store', fence: 0, content: null })
    : follow('await-leader', { term: 0, votedFor: null }, null)

export const recover = (_self: Me, disk: Durable): Move =>
  match(disk)
    .returnType<Move>()
    .with({ role: 'server' }, (known) => follow('recover-as-follower', known, null))
    .with({ role: 'store' }, (known) => fired('recover-fence', known))
    .exhaustive()

export const step = (self: Me, state: State, event: Happening): Move =>
  match(state)
    .returnType<Move>()
    .with({ role: 'server' }, (server) => stepServer(self, server, event))
    .with({ role: 'store' }, (store) => stepStore(store, event))
    .exhaustive()

// A server -----------------------------------------------------------------------------------------------------------

const message = <const Type>(type: Type) => ({ type: 'deliver', message: { type } }) as const

const stepServer = (self: Me, server: Server, event: Happening): Move =>
  match(event)
    .returnType<Move>()
    .with({ type: 'timeout', timer: 'election' }, () =>
      server.part.is === 'follower' || server.part.is === 'candidate'
        ? stand(self, server)
        : stay('ignore-timeout', server)
    )
    .with(message('vote-request'), ({ from, message: { term } }) => onVoteRequest(server, from, term))
    .with(message('vote'), ({ from, message: { term } }) => onVote(self, server, from, term))
    .with(message('heartbeat'), ({ from, message: { term } }) =>
      term < server.term
        ? fired('refuse-stale-leader', server, send<Message>(from, { type: 'newer-term', term: server.term }))
        : follow('follow-leader', { term, votedFor: term === server.term ? server.votedFor : null }, from)
    )
    .with(message('newer-term'), ({ message: { term } }) =>
      term > server.term ? follow('step-down', { term, votedFor: null }, null) : stay('ignore-known-term', server)
    )
    .with({ type: 'timeout', timer: 'heartbeat' }, () => onHeartbeatTimeout(self, server))
    .with(message('fence-raised'), ({ message: { term } }) =>
      server.part.is === 'fencing' && term === server.term
        ? fired('take-office', { ...server, part: { is: 'leader', sequence: 0, pending: [] } })
        : stay('ignore-late-fence', server)
    )
    .with({ type: 'request' }, ({ id, request: { value } }) => onRequest(self, server, id, value))
    .with(message('written'), ({ message: { term, sequence } }) => onWritten(server, term, sequence))
    .with(message(P.union('raise-fence', 'write')), () => stay('ignore-misdirected', server))
    .exhaustive()

const follow = (rule: Rule, { term, votedFor }: Pick<Server, 'term' | 'votedFor'>, leader: NodeId | null): Move =>
  fired(rule, { role: 'server', term, votedFor, part: { is: 'follower', leader } }, startTimer('election'))

/** A candidate votes for itself; that vote is on disk before anybody is asked for another. */
const stand = (self: Me, server: Server): Move =>
  counted('stand-for-election', self, { ...server, term: server.term + 1, votedFor: self.id }, [self.id])

/** The rule is the one that fires if these votes are not enough. */
const counted = (rule: Rule, self: Me, server: Server, votes: ReadonlyArray<NodeId>): Move => {
  const { term } = server
  const asks = rule === 'stand-for-election' ? sendAll<Message>(peersOf(self), { type: 'vote-request', term }) : []
  return isMajority(votes, serversOf(self))
    ? fired('win-election', { ...server, part: { is: 'fencing' } }, [
        stopTimer('election'),
        send<Message>(self.config.store, { type: 'raise-fence', term }),
        startTimer('heartbeat')
      ])
    : fired(rule, { ...server, part: { is: 'candidate', votes } }, asks, startTimer('election'))
}

const peersOf = (self: Me): ReadonlyArray<NodeId> => serversOf(self).filter((node) => node !== self.id)

/** One vote per term, to whoever asks first. A request of a newer term ends whatever this node was in its own. */
const onVoteRequest = (server: Server, from: NodeId, term: number): Move => {
  if (term < server.term)
    return fired('refuse-stale-candidate', server, send<Message>(from, { type: 'newer-term', term: server.term }))
  if (term === server.term && server.votedFor !== null && server.votedFor !== from)
    return stay('refuse-second-vote', server)
  const { state, effects } = follow('grant-vote', { term, votedFor: from }, null)
  return fired('grant-vote', state, effects, send<Message>(from, { type: 'vote', term }))
}

const onVote = (self: Me, server: Server, from: NodeId, term: number): Move =>
  server.part.is === 'candidate' && term === server.term
    ? counted('count-vote', self, server, including(server.part.votes, from))
    : stay('ignore-late-vote', server)

// A leader -----------------------------------------------------------------------------------------------------------

const onHeartbeatTimeout = (self: Me, server: Server): Move => {
  const { term } = server
  return match(server.part)
    .returnType<Move>()
    .with({ is: 'fencing' }, () =>
      fired(
        'repeat-fence',
        server,
        send<Message>(self.config.store, { type: 'raise-fence', term }),
        startTimer('heartbeat')
      )
    )
    .with({ is: 'leader' }, ({ pending }) =>
      fired(
        'send-heartbeat',
        server,
        sendAll<Message>(peersOf(self), { type: 'heartbeat', term }),
        pending.map(({ sequence, value }) =>
          send<Message>(self.config.store, { type: 'write', term, sequence, value })
        ),
        startTimer('heartbeat')
      )
    )
    .with({ is: P.union('follower', 'candidate') }, () => stay('ignore-timeout', server))
    .exhaustive()
}

const onRequest = (self: Me, server: Server, client: RequestId, value: string): Move =>
  match(server.part)
    .returnType<Move>()
    .with({ is: 'leader' }, (leader) => {
      const sequence = leader.sequence + 1
      const pending = [...leader.pending, { sequence, value, client }]
      return fired(
        'ask-store-to-write',
        { ...server, part: { ...leader, sequence, pending } },
        send<Message>(self.config.store, { type: 'write', term: server.term, sequence, value })
      )
    })
    .with({ is: 'follower' }, ({ leader }) => refuse('refuse-client', server, client, leader))
    .with({ is: P.union('candidate', 'fencing') }, () => refuse('refuse-client', server, client, null))
    .exhaustive()

const refuse = (rule: Rule, state: State, client: RequestId, leader: NodeId | null): Move =>
  fired(rule, state, reply<Response>(client, { type: 'not-leader', leader }))

const onWritten = (server: Server, term: number, sequence: number): Move => {
  const { part } = server
  const confirmed =
    part.is === 'leader' && term === server.term && part.pending.find((write) => write.sequence === sequence)
  return !confirmed
    ? stay('ignore-late-write', server)
    : fired(
        'confirm-write',
        { ...server, part: { ...part, pending: part.pending.filter((write) => write !== confirmed) } },
        reply<Response>(confirmed.client, { type: 'done' })
      )
}

// The store ----------------------------------------------------------------------------------------------------------

const stepStore = (store: Store, event: Happening): Move =>
  match(event)
    .returnType<Move>()
    .with(
      {
        type: 'deliver',
        message: { type: P.union('raise-fence', 'write'), term: P.when((term) => term < store.fence) }
      },
      ({ from }) => fired('refuse-below-fence', store, send<Message>(from, { type: 'newer-term', term: store.fence }))
    )
    .with(message('raise-fence'), ({ from, message: { term } }) =>
      fired('raise-fence', { ...store, fence: term }, send<Message>(from, { type: 'fence-raised', term }))
    )
    .with(message('write'), ({ from, message: { term, sequence, value } }) => {
      const written = send<Message>(from, { type: 'written', term, sequence })
      // A write that was overtaken by a later one of its leader took effect just before it.
      return store.content?.term === term && store.content.sequence >= sequence
        ? fired('pass-over-older-write', store, written)
        : fired('replace-content', { ...store, fence: term, content: { term, sequence, value } }, written)
    })
    .with({ type: 'request' }, ({ id }) => refuse('refuse-request', store, id, null))
    .with(
      message(P.union('vote-request', 'vote', 'newer-term', 'heartbeat', 'fence-raised', 'written')),
      { type: 'timeout' },
      () => stay('ignore-misdirected', store)
    )
    .exhaustive()
