/**
 * Peer-to-peer replication: every node takes updates on its own, and anti-entropy spreads them. [Demers87] §1.3, with
 * state-based replication as in [Shapiro11] §2.2 and version vectors as in [Parker83].
 */
import { match } from 'ts-pattern'
import {
  broadcast,
  fired,
  reply,
  send,
  startTimer,
  stay,
  type NodeId,
  type Event,
  type RequestId,
  type Self,
  type Signature,
  type Step
} from '../kernel/index.ts'
import type { Message, Request, Response } from './messages.ts'
import type { Replica, ReplicatedType } from './replicated-type.ts'
import type { Config, Timer } from './state.ts'
import { includes, join, nextDot, nothing, withDot, type VersionVector } from './version-vectors.ts'

/** The clauses, in the order of this file. */
export const rules = [
  'start',
  'recover',
  // clients
  'update',
  'read',
  'refuse-read',
  // anti-entropy
  'push-replica',
  'pull-replicas',
  'answer-pull',
  'ignore-pull',
  'merge',
  'ignore-push'
] as const
export type Rule = (typeof rules)[number]

export type PeerToPeer<Content, Operation, Value> = Signature<{
  config: Config
  state: Replica<Content>
  durable: Replica<Content>
  message: Message<Content>
  timer: Timer
  request: Request<Operation>
  response: Response<Value>
  rule: Rule
}>

/** The reducers for objects of one replicated type. */
export const reducersOf = <Content, Operation, Value>(type: ReplicatedType<Content, Operation, Value>) => {
  type Peer = PeerToPeer<Content, Operation, Value>
  type Move = Step<Peer>
  type Mine = Replica<Content>

  const initial = (): Move => fired('start', { seen: nothing, content: type.empty }, startTimer('gossip'))

  const recover = (_self: Self<Peer>, disk: Mine): Move => fired('recover', disk, startTimer('gossip'))

  const step = (self: Self<Peer>, mine: Mine, event: Event<Peer>): Move =>
    match(event)
      .returnType<Move>()
      .with({ type: 'request' }, ({ id, request }) => onRequest(self, mine, id, request))
      .with({ type: 'timeout' }, () => onGossip(self, mine))
      .with({ type: 'deliver' }, ({ from, message }) => onMessage(mine, from, message))
      .exhaustive()

  // Clients ----------------------------------------------------------------------------------------------------------

  const onRequest = (self: Self<Peer>, mine: Mine, id: RequestId, request: Request<Operation>): Move =>
    match<Request<Operation>>(request)
      .returnType<Move>()
      .with({ type: 'update' }, ({ operation }) => onUpdate(self, mine, id, operation))
      .with({ type: 'read' }, ({ after }) => onRead(mine, id, after))
      .exhaustive()

  /** Nobody else is asked, so a node takes updates whatever becomes of the others. */
  const onUpdate = (self: Self<Peer>, mine: Mine, id: RequestId, operation: Operation): Move => {
    const dot = nextDot(mine.seen, self.id)
    const seen = withDot(mine.seen, dot)
    const content = type.update(mine.content, operation, dot)
    return fired('update', { seen, content }, reply(id, { type: 'updated', dot, seen }))
  }

  /** What the client was told elsewhere may not have come here yet, and less than that it must not be shown. [Terry94] */
  const onRead = (mine: Mine, id: RequestId, after: VersionVector): Move => {
    const { seen, content } = mine
    return includes(seen, after)
      ? fired('read', mine, reply(id, { type: 'shown', value: type.read(content), seen }))
      : fired('refuse-read', mine, reply(id, { type: 'behind', seen }))
  }

  // Anti-entropy -----------------------------------------------------------------------------------------------------

  const onGossip = (self: Self<Peer>, mine: Mine): Move =>
    match(self.config)
      .returnType<Move>()
      .with({ gossip: 'push' }, () =>
        fired('push-replica', mine, broadcast(self, { type: 'push', replica: mine }), startTimer('gossip'))
      )
      .with({ gossip: 'pull' }, () =>
        fired('pull-replicas', mine, broadcast(self, { type: 'pull', seen: mine.seen }), startTimer('gossip'))
      )
      .exhaustive()

  const onMessage = (mine: Mine, from: NodeId, message: Message<Content>): Move =>
    match<Message<Content>>(message)
      .returnType<Move>()
      .with({ type: 'pull' }, ({ seen }) => onPull(mine, from, seen))
      .with({ type: 'push' }, ({ replica }) => onPush(mine, replica))
      .exhaustive()

  const onPull = (mine: Mine, from: NodeId, seen: VersionVector): Move =>
    includes(seen, mine.seen)
      ? stay('ignore-pull', mine)
      : fired('answer-pull', mine, send(from, { type: 'push', replica: mine }))

  /** What is new is taken in, and passed on when this node gossips next. */
  const onPush = (mine: Mine, theirs: Replica<Content>): Move =>
    includes(mine.seen, theirs.seen)
      ? stay('ignore-push', mine)
      : fired('merge', { seen: join(mine.seen, theirs.seen), content: type.merge(mine, theirs) })

  return { initial, step, recover }
}
