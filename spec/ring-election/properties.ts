/** What an election on a ring promises. [CR79] */
import { allEqual, always, living, reachable, type NodeView, type View } from '../kernel/index.ts'
import type { RingElection } from './transitions.ts'

type Nodes = ReadonlyArray<NodeView<RingElection>>

const leadersKnown = (nodes: Nodes): ReadonlyArray<number> =>
  living(nodes).flatMap(({ state: { leader } }) => (leader === null ? [] : [leader]))

/** All who know a leader know the same. */
export const oneLeader = always<RingElection>('one-leader', ({ nodes }) => allEqual(leadersKnown(nodes)))

/** The one elected has the highest number there is. */
export const highestLeads = (numbers: ReadonlyArray<number>) =>
  always<RingElection>('highest-leads', ({ nodes }) =>
    leadersKnown(nodes).every((leader) => numbers.every((number) => number <= leader))
  )

const knowAll = (nodes: Nodes): boolean => leadersKnown(nodes).length === nodes.length

export const allKnow = reachable<RingElection>('all-know-the-leader', ({ nodes }) => knowAll(nodes))

/** Where a run may stop: everybody knows. */
export const isOver = ({ nodes }: View<RingElection>): boolean => knowAll(nodes)
