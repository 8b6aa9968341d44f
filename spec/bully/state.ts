/**
 * What a node knows. The later a node stands in the cluster's list, the higher it is. Nothing survives a crash: a node
 * that comes back stands for election.
 */
import * as t from 'io-ts'
import type { NodeId, Self } from '../kernel/index.ts'

export type State =
  /** Has asked all higher nodes whether they are up. */
  | { readonly phase: 'asking' }
  /** A higher node is up, and will see to the election. */
  | { readonly phase: 'deferring'; readonly to: NodeId }
  /** No higher node is up. `missing`: the lower nodes that have not stopped, in order. */
  | { readonly phase: 'halting'; readonly missing: ReadonlyArray<NodeId> }
  /** Has stopped, and waits for the one that made it stop to become coordinator. */
  | { readonly phase: 'halted'; readonly by: NodeId }
  | { readonly phase: 'normal'; readonly coordinator: NodeId }

export const Durable = t.null
export type Durable = null

export const durable = (): Durable => null

/**
 * `patience`: whoever is awaited has not been heard for longer than a node that is up can take, so all of them are down. That
 * there is such a time is the assumption of the algorithm. `heartbeat`: well before that.
 */
export type Timer = 'patience' | 'heartbeat'

interface Place {
  readonly id: NodeId
  readonly nodes: ReadonlyArray<NodeId>
}

export const higherThan = ({ id, nodes }: Place): ReadonlyArray<NodeId> => nodes.slice(nodes.indexOf(id) + 1)

export const lowerThan = ({ id, nodes }: Place): ReadonlyArray<NodeId> => nodes.slice(0, nodes.indexOf(id))

/** Whose silence ends this node's patience: any of those that it waits for may still speak up. */
export const awaited = (self: Pick<Self<any>, 'id' | 'nodes'>, state: State): ReadonlyArray<NodeId> => {
  if (state.phase === 'asking') return higherThan(self)
  if (state.phase === 'deferring') return [state.to]
  if (state.phase === 'halting') return state.missing
  return [state.phase === 'halted' ? state.by : state.coordinator]
}
