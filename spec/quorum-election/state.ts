/**
 * What a node knows. Servers elect a leader among themselves, term by term; the store keeps what leaders write, and
 * takes nothing from a term below its fence.
 *
 * A server's disk holds its term and its vote in that term: who forgets a vote may give it twice. The store's disk holds
 * the fence and the last write.
 */
import * as t from 'io-ts'
import { closed, Natural, NodeId, Positive, type RequestId } from '../kernel/index.ts'

/** The same for all nodes: which of them is the store. Every other node is a server. */
export interface Config {
  readonly store: NodeId
}

/** A write that the store has not confirmed. */
export interface Pending {
  readonly sequence: number
  readonly value: string
  readonly client: RequestId
}

export type Part =
  /** Term 0, before the first election, has no leader. */
  | { readonly is: 'follower'; readonly leader: NodeId | null }
  /** `votes`: who voted for this node in its term, itself included; sorted. */
  | { readonly is: 'candidate'; readonly votes: ReadonlyArray<NodeId> }
  /** Elected, and waiting for the store to shut out older terms. */
  | { readonly is: 'fencing' }
  /** `sequence`: of its last write, 0 before the first. `pending`: in the order asked. */
  | { readonly is: 'leader'; readonly sequence: number; readonly pending: ReadonlyArray<Pending> }

export interface Server {
  readonly role: 'server'
  readonly term: number
  readonly votedFor: NodeId | null
  readonly part: Part
}

export interface Store {
  readonly role: 'store'
  /** No term below this one writes. 0 before the first leader. */
  readonly fence: number
  /** The last write, and the term that wrote it. */
  readonly content: Content | null
}

export const Content = closed('Content', { term: Positive, sequence: Positive, value: t.string })
export type Content = t.TypeOf<typeof Content>

export type State = Server | Store

export const Durable = t.union([
  closed('DurableServer', { role: t.literal('server'), term: Natural, votedFor: t.union([NodeId, t.null]) }),
  closed('DurableStore', { role: t.literal('store'), fence: Natural, content: t.union([Content, t.null]) })
])
export type Durable = t.TypeOf<typeof Durable>

export const durable = (state: State): Durable =>
  state.role === 'server' ? { role: 'server', term: state.term, votedFor: state.votedFor } : state

/**
 * `election`: no leader has been heard of for too long. `heartbeat`: a leader speaks up before that, and asks the store
 * again for what it has not confirmed. Whoever steps down leaves it armed, and ignores it.
 */
export type Timer = 'election' | 'heartbeat'
