/** What leases promise, and under which assumption. */
import { always, reachable, type NodeView } from '../kernel/index.ts'
import type { LeaseElection } from './transitions.ts'

type Node = NodeView<LeaseElection>

const leads = (node: Node): boolean => node.up && node.state.lease !== null

const clocksOf = (nodes: ReadonlyArray<Node>): ReadonlyArray<number> => nodes.map(({ durable }) => durable.clock)

const hasOneLeaderAtMost = (nodes: ReadonlyArray<Node>): boolean => nodes.filter(leads).length <= 1

/** Whether no two clocks are further apart than this, those of nodes that are down included. */
const clocksAgree = (nodes: ReadonlyArray<Node>, drift: number): boolean =>
  Math.max(...clocksOf(nodes)) - Math.min(...clocksOf(nodes)) <= drift

/**
 * As long as no two clocks are more than `drift` ticks apart, no two servers lead. It does not matter how far they were
 * apart before.
 */
export const oneLeaderWhileClocksAgree = (drift: number) =>
  always<LeaseElection>(
    'one-leader-while-clocks-agree',
    ({ nodes }) => !clocksAgree(nodes, drift) || hasOneLeaderAtMost(nodes)
  )

/** No two servers lead, wherever the clocks are: more than leases can promise. */
export const oneLeader = always<LeaseElection>('one-leader', ({ nodes }) => hasOneLeaderAtMost(nodes))

/** Some server leads. */
export const someoneLeads = reachable<LeaseElection>('someone-leads', ({ nodes }) => nodes.some(leads))

/** A leader's lease is longer than its first one was: it was renewed, or another server leads now. */
export const leadershipGoesOn = (duration: number) =>
  reachable<LeaseElection>('leadership-goes-on', ({ nodes }) =>
    nodes.some((node) => node.up && node.state.lease !== null && node.state.clock >= duration)
  )
