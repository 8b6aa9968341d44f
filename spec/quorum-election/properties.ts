/** What an election by quorum promises, and what the fence adds. */
import { allDistinct, always, reachable, step, type NodeView, type UpNode } from '../kernel/index.ts'
import type { QuorumElection } from './transitions.ts'

type Node = NodeView<QuorumElection>

const isElected = (node: Node): node is UpNode<QuorumElection> =>
  node.up && node.state.role === 'server' && (node.state.part.is === 'fencing' || node.state.part.is === 'leader')

const termOf = ({ durable }: Node): number => (durable.role === 'server' ? durable.term : durable.fence)

const leads = (node: Node): boolean =>
  isElected(node) && node.state.role === 'server' && node.state.part.is === 'leader'

/** At most one leader per term. [Raft] Fig. 3, "Election Safety" */
export const electionSafety = always<QuorumElection>('election-safety', ({ nodes }) =>
  allDistinct(nodes.filter(isElected).map(termOf))
)

/** A node's term never falls, and neither does the fence; a crash does not change that. */
export const termNeverFalls = step<QuorumElection>(
  'term-never-falls',
  ({ before, after }) => termOf(after) >= termOf(before)
)

/** A leader is in office once the store takes nothing from older terms any more. */
export const officeNeedsFence = always<QuorumElection>('office-needs-fence', ({ nodes }) => {
  const leaders = nodes.filter(leads)
  return nodes.every(
    (node) => node.durable.role !== 'store' || leaders.every((leader) => termOf(leader) <= termOf(node))
  )
})

/** A stale leader cannot write past the fence: what the store takes is of no older term than its fence. */
export const staleLeaderIsFenced = step<QuorumElection>(
  'stale-leader-is-fenced',
  ({ before, rule, after }) =>
    rule !== 'replace-content' ||
    after.durable.role !== 'store' ||
    (after.durable.content !== null && after.durable.content.term >= termOf(before))
)

/** Some server leads. */
export const someoneLeads = reachable<QuorumElection>('someone-leads', ({ nodes }) => nodes.some(leads))

/** A leader wrote, and a later one as well. */
export const leadershipPassesOn = reachable<QuorumElection>('leadership-passes-on', ({ nodes }) =>
  nodes.some(({ durable }) => durable.role === 'store' && durable.content !== null && durable.content.term > 1)
)

export const safety = [electionSafety, termNeverFalls, officeNeedsFence, staleLeaderIsFenced]
