/** Weighted voting [Gifford79], with the two rounds of [ABD95] and [LS97] in place of locks. */
import { match } from 'ts-pattern'
import {
  broadcast,
  fired,
  including,
  others,
  reply,
  send,
  sendAll,
  startTimer,
  stay,
  stopTimer,
  type Effects,
  type Event,
  type NodeId,
  type Self,
  type Signature,
  type Step
} from '../kernel/index.ts'
import type { Message, Request, Response } from './messages.ts'
import {
  isNewer,
  newest,
  unwritten,
  type Config,
  type Copy,
  type Durable,
  type Operation,
  type Querying,
  type State,
  type Storing,
  type Timer
} from './state.ts'

/** The clauses, in the order of this file. */
export const rules = [
  'hold-nothing',
  'hold-what-is-on-disk',
  // the coordinator, first round
  'query',
  'count-holding',
  'ignore-late-holding',
  // the coordinator, second round
  'store-next-version',
  'write-back',
  'count-stored',
  'ignore-late-stored',
  'acknowledge-write',
  'answer-read',
  'resend',
  // the representative
  'tell-copy',
  'replace-copy',
  'keep-copy'
] as const
export type Rule = (typeof rules)[number]

export type QuorumVoting = Signature<{
  config: Config
  state: State
  durable: Durable
  message: Message
  timer: Timer
  request: Request
  response: Response
  rule: Rule
}>
type Me = Self<QuorumVoting>
type Move = Step<QuorumVoting>
type Holding = Extract<Message, { readonly type: 'holding' }>
type Store = Extract<Message, { readonly type: 'store' }>

export const initial = (): Move => fired('hold-nothing', { copy: unwritten, operations: [] })

export const recover = (_self: Me, { copy }: Durable): Move => fired('hold-what-is-on-disk', { copy, operations: [] })

export const step = (self: Me, state: State, event: Event<QuorumVoting>): Move =>
  match(event)
    .returnType<Move>()
    .with({ type: 'request' }, ({ id, request }) => onRequest(self, state, { id, request }))
    .with({ type: 'deliver', message: { type: 'holding' } }, ({ from, message }) =>
      onHolding(self, state, from, message)
    )
    .with({ type: 'deliver', message: { type: 'stored' } }, ({ from, message }) =>
      onStored(self, state, from, message.operation)
    )
    .with({ type: 'timeout', timer: 'resend' }, () => onResend(self, state))
    .with({ type: 'deliver', message: { type: 'query' } }, ({ from, message: { operation } }) =>
      fired('tell-copy', state, send(from, { type: 'holding', operation, ...state.copy }))
    )
    .with({ type: 'deliver', message: { type: 'store' } }, ({ from, message }) => onStore(state, from, message))
    .exhaustive()

// Quorums ------------------------------------------------------------------------------------------------------------

/** The votes of these nodes. */
export const votesOf = ({ votes }: Config, nodes: ReadonlyArray<NodeId>): number =>
  nodes.reduce((sum, node) => sum + (votes[node] ?? 0), 0)

const isReadQuorum = (config: Config, nodes: ReadonlyArray<NodeId>): boolean =>
  votesOf(config, nodes) >= config.readQuorum

const isWriteQuorum = (config: Config, nodes: ReadonlyArray<NodeId>): boolean =>
  votesOf(config, nodes) >= config.writeQuorum

// The coordinator, first round: a read quorum has met every write that was acknowledged ---------------------------------

const onRequest = (self: Me, state: State, { id, request }: Pick<Querying, 'id' | 'request'>): Move => {
  const own = [self.id]
  const querying: Querying = { round: 'query', id, request, heard: own, latest: state.copy, holders: own }
  return isReadQuorum(self.config, own)
    ? onReadQuorum(self, state, querying)
    : fired('query', running(state, querying), broadcast(self, { type: 'query', operation: id }), startTimer('resend'))
}

const onHolding = (self: Me, state: State, from: NodeId, { operation, version, value }: Holding): Move => {
  const querying = state.operations.find(({ id }) => id === operation)
  if (querying?.round !== 'query') return stay('ignore-late-holding', state)
  const counted: Querying = {
    ...heardOf(querying, from, { version, value }),
    heard: including(querying.heard, from)
  }
  return isReadQuorum(self.config, counted.heard)
    ? onReadQuorum(self, state, counted)
    : fired('count-holding', running(state, counted))
}

const heardOf = (querying: Querying, from: NodeId, copy: Copy): Querying => {
  if (isNewer(copy.version, querying.latest.version)) return { ...querying, latest: copy, holders: [from] }
  return isNewer(querying.latest.version, copy.version)
    ? querying
    : { ...querying, holders: including(querying.holders, from) }
}

/** This node may hold something newer by now than when it asked. */
const onReadQuorum = (self: Me, state: State, querying: Querying): Move => {
  const { id, request, latest, holders } = heardOf(querying, self.id, state.copy)
  return match(request)
    .returnType<Move>()
    .with({ type: 'write' }, ({ value }) =>
      storeEverywhere('store-next-version', self, state, {
        id,
        request,
        copy: { version: { number: latest.version.number + 1, writer: self.id }, value }
      })
    )
    .with({ type: 'read' }, () =>
      // What a write quorum holds already need not be written back.
      !self.config.writeBack || isWriteQuorum(self.config, holders)
        ? finish('answer-read', state, id, { type: 'found', value: latest.value })
        : storeEverywhere('write-back', self, state, { id, request, copy: latest })
    )
    .exhaustive()
}

// The coordinator, second round: a write quorum holds the version, so later operations will meet it ----------------------

/**
 * This node holds the copy before it tells others: its next write will choose a higher number, even after a crash, so
 * no version is ever chosen twice.
 */
const storeEverywhere = (
  rule: Rule,
  self: Me,
  state: State,
  { id, request, copy }: Pick<Storing, 'id' | 'request' | 'copy'>
): Move => {
  const holding: State = { ...state, copy: newest(state.copy, copy) }
  const storing: Storing = { round: 'store', id, request, copy, stored: [self.id] }
  const sends = broadcast<Message>(self, { type: 'store', operation: id, ...copy })
  return isWriteQuorum(self.config, storing.stored)
    ? onWriteQuorum(holding, storing, sends)
    : fired(rule, running(holding, storing), sends, startTimer('resend'))
}

const onStored = (self: Me, state: State, from: NodeId, operation: Storing['id']): Move => {
  const storing = state.operations.find(({ id }) => id === operation)
  if (storing?.round !== 'store') return stay('ignore-late-stored', state)
  const counted: Storing = { ...storing, stored: including(storing.stored, from) }
  return isWriteQuorum(self.config, counted.stored)
    ? onWriteQuorum(state, counted, [])
    : fired('count-stored', running(state, counted))
}

const onWriteQuorum = (state: State, { id, request, copy }: Storing, sends: Effects<QuorumVoting>): Move =>
  match(request)
    .returnType<Move>()
    .with({ type: 'write' }, () => finish('acknowledge-write', state, id, { type: 'written' }, sends))
    .with({ type: 'read' }, () => finish('answer-read', state, id, { type: 'found', value: copy.value }, sends))
    .exhaustive()

const running = (state: State, operation: Operation): State => ({
  ...state,
  operations: [...state.operations.filter(({ id }) => id !== operation.id), operation].toSorted((one, other) =>
    one.id < other.id ? -1 : 1
  )
})

const finish = (
  rule: Rule,
  state: State,
  done: string,
  response: Response,
  sends: Effects<QuorumVoting> = []
): Move => {
  const operations = state.operations.filter(({ id }) => id !== done)
  return fired(
    rule,
    { ...state, operations },
    sends,
    operations.length === 0 ? stopTimer('resend') : [],
    reply(done, response)
  )
}

/** Whoever has not answered may not have been asked. */
const onResend = (self: Me, state: State): Move =>
  fired(
    'resend',
    state,
    state.operations.flatMap((operation) => sendAll(missing(self, operation), questionOf(operation))),
    startTimer('resend')
  )

const questionOf = (operation: Operation): Message =>
  match(operation)
    .returnType<Message>()
    .with({ round: 'query' }, ({ id }) => ({ type: 'query', operation: id }))
    .with({ round: 'store' }, ({ id, copy }) => ({ type: 'store', operation: id, ...copy }))
    .exhaustive()

const missing = (self: Me, operation: Operation): ReadonlyArray<NodeId> => {
  const answered = operation.round === 'query' ? operation.heard : operation.stored
  return others(self).filter((node) => !answered.includes(node))
}

// The representative -------------------------------------------------------------------------------------------------

/** It never goes back to an older version. */
const onStore = (state: State, from: NodeId, { operation, version, value }: Store): Move => {
  const stored = send<Message>(from, { type: 'stored', operation })
  return isNewer(version, state.copy.version)
    ? fired('replace-copy', { ...state, copy: { version, value } }, stored)
    : fired('keep-copy', state, stored)
}
