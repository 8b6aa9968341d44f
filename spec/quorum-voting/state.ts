/**
 * What a node knows. Every node is a representative, which holds a copy of the register, and coordinates the operations
 * that clients ask of it. The copy is on disk; the operations are forgotten in a crash, and their clients never answered.
 */
import { closed, type NodeId, type RequestId } from '../kernel/index.ts'
import { Value, Version, type Request } from './messages.ts'

/** The same for all nodes of a cluster. */
export interface Config {
  /** By node, >= 0. One without votes is a cache: it holds a copy and counts for nothing. [Gifford79] calls it weak. */
  readonly votes: Readonly<Record<NodeId, number>>
  /** The votes that make a read quorum, r. It meets every write quorum if r + w is more than all votes. */
  readonly readQuorum: number
  /** The votes that make a write quorum, w. */
  readonly writeQuorum: number
  /** Whether a read makes sure that a write quorum holds what it answers. Without it the register is only regular. */
  readonly writeBack: boolean
}

/** What a representative holds. */
export const Copy = closed('Copy', { version: Version, value: Value })
export type Copy = Readonly<{ version: Version; value: Value }>

/** Before the first write. */
export const unwritten: Copy = { version: { number: 0, writer: '' }, value: null }

export const isNewer = (one: Version, other: Version): boolean =>
  one.number > other.number || (one.number === other.number && one.writer > other.writer)

export const newest = (one: Copy, other: Copy): Copy => (isNewer(other.version, one.version) ? other : one)

/** First round: what do you hold? */
export interface Querying {
  readonly round: 'query'
  readonly id: RequestId
  readonly request: Request
  /** Who has answered: sorted, includes this node. */
  readonly heard: ReadonlyArray<NodeId>
  /** The newest copy heard of. */
  readonly latest: Copy
  /** Who holds the newest copy: sorted, some of `heard`. */
  readonly holders: ReadonlyArray<NodeId>
}

/** Second round: hold this. */
export interface Storing {
  readonly round: 'store'
  readonly id: RequestId
  readonly request: Request
  /** What is to be stored. */
  readonly copy: Copy
  /** Who holds it or something newer: sorted, includes this node. */
  readonly stored: ReadonlyArray<NodeId>
}

export type Operation = Querying | Storing

export interface State {
  readonly copy: Copy
  /** The operations that this node coordinates, sorted by id. */
  readonly operations: ReadonlyArray<Operation>
}

export const Durable = closed('Durable', { copy: Copy })
export type Durable = Readonly<{ copy: Copy }>

export const durable = ({ copy }: State): Durable => ({ copy })

/** Armed while an operation waits for answers: question or answer may get lost. */
export type Timer = 'resend'
