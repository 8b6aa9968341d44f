/**
 * What the nodes promise each other. What the clients are promised, a linearizable register, is judged by what they see:
 * see the models.
 */
import { always, reachable, step, type NodeView } from '../kernel/index.ts'
import { isNewer, type Copy } from './state.ts'
import type { QuorumVoting } from './transitions.ts'

const copyOf = ({ durable }: NodeView<QuorumVoting>): Copy => durable.copy

const isSameVersion = (one: Copy, other: Copy): boolean =>
  !isNewer(one.version, other.version) && !isNewer(other.version, one.version)

/** A copy is replaced by newer ones alone, and a crash does not lose it. */
export const copiesOnlyGrowNewer = step<QuorumVoting>(
  'copies-only-grow-newer',
  ({ before, after }) => !isNewer(copyOf(before).version, copyOf(after).version)
)

/** A version is chosen once: two copies of the same version are copies of the same value. */
export const versionsAreUnique = always<QuorumVoting>('versions-are-unique', ({ nodes }) =>
  nodes
    .map(copyOf)
    .every((one, index, copies) =>
      copies.slice(index + 1).every((other) => !isSameVersion(one, other) || one.value === other.value)
    )
)

/** Every node holds what was written last. */
export const allHoldOneWrite = reachable<QuorumVoting>('all-hold-one-write', ({ nodes }) =>
  nodes.map(copyOf).every((copy, _index, [first]) => first?.value != null && isSameVersion(copy, first))
)

/** Two nodes hold different writes: quorums are at work. */
export const copiesDiffer = reachable<QuorumVoting>('copies-differ', ({ nodes }) =>
  nodes.map(copyOf).some((copy, _index, [first]) => first !== undefined && !isSameVersion(copy, first))
)
