/** What the bully election promises. [GM82] calls them Assertions 1 and 2. */
import { allEqual, always, living, reachable, type NodeView, type View } from '../kernel/index.ts'
import type { Bully } from './transitions.ts'

type Nodes = ReadonlyArray<NodeView<Bully>>

const coordinatorsOf = (nodes: Nodes): ReadonlyArray<string> =>
  living(nodes).flatMap(({ state }) => (state.phase === 'normal' ? [state.coordinator] : []))

const leadersOf = (nodes: Nodes): ReadonlyArray<string> =>
  living(nodes).flatMap(({ id, state }) => (state.phase === 'normal' && state.coordinator === id ? [id] : []))

/** At most one node that is up leads. */
export const oneCoordinator = always<Bully>('one-coordinator', ({ nodes }) => leadersOf(nodes).length <= 1)

/** Nodes that are up and at work have the same coordinator. [GM82] Assertion 1 */
export const sameCoordinator = always<Bully>('same-coordinator', ({ nodes }) => allEqual(coordinatorsOf(nodes)))

/** The lowest node leads, alone: all others have failed, one after the other. */
export const lowestLeads = reachable<Bully>('lowest-leads', ({ nodes }) => {
  const [lowest] = nodes
  return lowest !== undefined && leadersOf(nodes).includes(lowest.id)
})

/** Where a run may stop: all that are up are at work, under one that is up. [GM82] Assertion 2 */
export const isSettled = ({ nodes }: View<Bully>): boolean =>
  coordinatorsOf(nodes).length === living(nodes).length && (living(nodes).length === 0 || leadersOf(nodes).length === 1)
