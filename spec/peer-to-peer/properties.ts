/** What replicas promise each other. What clients see is judged in histories.ts. */
import { always, living, reachable, step, type NodeView, type View } from '../kernel/index.ts'
import type { Replica } from './replicated-type.ts'
import type { Values, Write } from './registers.ts'
import type { TaggedSet } from './tagged.ts'
import type { PeerToPeer } from './transitions.ts'
import { includes, sizeOf } from './version-vectors.ts'

/** Properties that ask nothing of the content hold for every replicated type. */
export type Peers = PeerToPeer<unknown, unknown, unknown>

/** What a node has: in memory while it is up, on disk while it is down. */
export const replicaAt = (node: NodeView<Peers>): Replica<unknown> => (node.up ? node.state : node.durable)

/** Contents and values have one order of their parts, so equal ones are equal text. */
const isSame = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other)

/**
 * Replicas that have seen the same updates are equal, whatever came in which order, how often and by which way.
 * [Shapiro11] §2.3.1, "Strong Eventual Consistency" in [Shapiro11b]
 */
export const strongEventualConsistency = always<Peers>('strong-eventual-consistency', ({ nodes }) => {
  const replicas = nodes.map(replicaAt)
  return replicas.every((one) =>
    replicas.every((other) => !isSame(one.seen, other.seen) || isSame(one.content, other.content))
  )
})

/** What a replica has seen it goes on to have seen, through crashes too: a client was told so, and peers were. */
export const nothingIsForgotten = step<Peers>('nothing-is-forgotten', ({ before, after }) =>
  includes(replicaAt(after).seen, replicaAt(before).seen)
)

const agree = (nodes: ReadonlyArray<NodeView<Peers>>): boolean => {
  const [first, ...others] = nodes.map(replicaAt)
  return others.every((other) => isSame(first, other))
}

/**
 * Where a run may stop: all are up and equal. Given to a model as `mayStop`, it makes every other end of a run a
 * deadlock, so that a cluster in which nothing can change any more has converged.
 */
export const converged = ({ nodes }: View<Peers>): boolean => living(nodes).length === nodes.length && agree(nodes)

/** All are equal, and have this many updates: what was made anywhere has come everywhere. */
export const allHaveAll = (updates: number) =>
  reachable<Peers>(
    'all-have-all-updates',
    ({ nodes }) => agree(nodes) && nodes.every((node) => sizeOf(replicaAt(node).seen) === updates)
  )

/** Concurrent writes of a multi-value register stay side by side, and all nodes have them. */
export const allHaveSiblings = reachable<PeerToPeer<TaggedSet, Write, Values>>('all-have-siblings', ({ nodes }) =>
  nodes.every((node) => node.up && node.state.content.length > 1)
)
