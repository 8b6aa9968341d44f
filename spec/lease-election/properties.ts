/** What leases promise, and under which assumption. */
import { always, reachable, type NodeView } from '../kernel/index.ts'
import type { LeaseElection } from './transitions.ts'

type Node = NodeView<LeaseElection>

const leads = (node: Node): boolean => node.up && node.state.lease !== null

/** No two servers lead. It holds where no two clocks are further apart than the servers were told. */
export const oneLeader = always<LeaseElection>('one-leader', ({ nodes }) => nodes.filter(leads).length <= 1)

/** Some server leads. */
export const someoneLeads = reachable<LeaseElection>('someone-leads', ({ nodes }) => nodes.some(leads))

/** A leader's lease is longer than its first one was: it was renewed, or another server leads now. */
export const leadershipGoesOn = (duration: number) =>
  reachable<LeaseElection>('leadership-goes-on', ({ nodes }) =>
    nodes.some((node) => node.up && node.state.lease !== null && node.state.clock >= duration)
  )
