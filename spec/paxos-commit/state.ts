/** What a node knows. One run ends one transaction; each resource manager has its instance of Paxos. [GL06] §4 */
import * as t from 'io-ts'
import { match } from 'ts-pattern'
import { closed, Natural, type NodeId, type RequestId } from '../kernel/index.ts'
import { Decision, Votes, type Value, type Values } from './messages.ts'

/** Who is who, the same for all. */
export interface Cluster {
  readonly resourceManagers: ReadonlyArray<NodeId>
  /** 2F + 1, of which F may fail. */
  readonly acceptors: ReadonlyArray<NodeId>
  /** The first hears of ballot 0. The others take over where it fails. */
  readonly leaders: ReadonlyArray<NodeId>
}

export type Config = { readonly cluster: Cluster } &
  /** `vote` is what it says when it is asked in time. */
  (
    | { readonly role: 'resource-manager'; readonly vote: Value }
    | { readonly role: 'acceptor' }
    | { readonly role: 'leader' }
  )

export type ResourceManager = { readonly role: 'resource-manager' } & (
  | { readonly phase: 'working'; readonly vote: Value }
  | { readonly phase: 'prepared' }
  | { readonly phase: 'decided'; readonly decision: Decision }
)

/** All of it is on disk. */
export const Acceptor = closed('Acceptor', {
  role: t.literal('acceptor'),
  promised: Natural, // votes in no ballot below; 0 at first
  votes: Votes
})
export type Acceptor = t.TypeOf<typeof Acceptor>

/** By resource manager: what it was voted for in the leader's ballot, and by which acceptors: sorted. */
export type Tally = Readonly<Record<NodeId, { readonly value: Value; readonly acceptors: ReadonlyArray<NodeId> }>>

export type Leader = {
  readonly role: 'leader'
  /** The highest of its ballots that it has begun; 0 before. Never begun again. */
  readonly ballot: number
  /** The client requests to answer with the outcome: sorted. */
  readonly clients: ReadonlyArray<RequestId>
} &
  /** Nothing to do but to hear of ballot 0. */
  (
    | { readonly phase: 'listening'; readonly tally: Tally }
    /** Phase 1 of its ballot: who has promised, sorted, and the highest votes that were reported. */
    | { readonly phase: 'collecting-promises'; readonly promised: ReadonlyArray<NodeId>; readonly votes: Votes }
    /** Phase 2 of its ballot. */
    | { readonly phase: 'collecting-votes'; readonly values: Values; readonly tally: Tally }
    | { readonly phase: 'decided'; readonly decision: Decision }
  )

export type State = ResourceManager | Acceptor | Leader

/** What a crash keeps of a resource manager: that it is prepared, or the decision. */
const ResourceManagerRecord = closed('ResourceManagerRecord', {
  role: t.literal('resource-manager'),
  record: t.union([t.literal('prepared'), Decision, t.null])
})

/** What a crash keeps of a leader: which ballots it may not begin again. The decision could be found again, by a ballot. */
const LeaderRecord = closed('LeaderRecord', {
  role: t.literal('leader'),
  ballot: Natural,
  decision: t.union([Decision, t.null])
})

export const Durable = t.union([ResourceManagerRecord, Acceptor, LeaderRecord])
export type Durable = t.TypeOf<typeof Durable>

export const durable = (state: State): Durable =>
  match(state)
    .returnType<Durable>()
    .with({ role: 'acceptor' }, (acceptor) => acceptor)
    .with({ role: 'resource-manager', phase: 'working' }, ({ role }) => ({ role, record: null }))
    .with({ role: 'resource-manager', phase: 'prepared' }, ({ role }) => ({ role, record: 'prepared' }))
    .with({ role: 'resource-manager', phase: 'decided' }, ({ role, decision }) => ({ role, record: decision }))
    .with({ role: 'leader', phase: 'decided' }, ({ role, ballot, decision }) => ({ role, ballot, decision }))
    .with({ role: 'leader' }, ({ role, ballot }) => ({ role, ballot, decision: null }))
    .exhaustive()

/** Armed by who waits: a resource manager for Prepare and for the decision, a leader that knows of the transaction. */
export type Timer = 'patience'
