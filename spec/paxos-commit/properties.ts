/** Transaction commit as in [GL06] §2, and what keeps Paxos Commit from blocking. */
import { allEqual, always, reachable, step, type NodeView, type View } from '../kernel/index.ts'
import type { Decision } from './messages.ts'
import type { PaxosCommit } from './rules.ts'

type Seen = NodeView<PaxosCommit>

/** What a resource manager or a leader has decided: in memory while it is up, on disk while it is down. */
export const decisionOf = (node: Seen): Decision | null => {
  if (node.up) return node.state.role !== 'acceptor' && node.state.phase === 'decided' ? node.state.decision : null
  const { durable } = node
  if (durable.role === 'leader') return durable.decision
  if (durable.role === 'acceptor' || durable.record === 'prepared') return null
  return durable.record
}

const isResourceManager = ({ durable }: Seen): boolean => durable.role === 'resource-manager'

const resourceManagers = ({ nodes }: View<PaxosCommit>): ReadonlyArray<Seen> => nodes.filter(isResourceManager)

/** Consistency: no resource manager aborts where another commits; leaders count as well. [GL06] §2 */
export const agreement = always<PaxosCommit>('agreement', ({ nodes }) =>
  allEqual(nodes.map(decisionOf).filter((decision) => decision !== null))
)

/** Stability: who has committed or aborted stays so for ever. [GL06] §2 */
export const stability = step<PaxosCommit>(
  'stability',
  ({ before, after }) => decisionOf(before) === null || decisionOf(after) === decisionOf(before)
)

/** Who commits knows that all are prepared, or have committed. [GL06] §2 */
export const commitNeedsAllPrepared = always<PaxosCommit>(
  'commit-needs-all-prepared',
  ({ nodes }) =>
    !nodes.some((node) => decisionOf(node) === 'commit') ||
    nodes.every(
      ({ durable }) =>
        durable.role !== 'resource-manager' || durable.record === 'prepared' || durable.record === 'commit'
    )
)

const everybodyDecides = (decision: Decision) => (node: Seen) => decisionOf(node) === decision

/** Non-triviality: where all are prepared and nothing fails, all commit. Here: it can be done. */
export const allCommit = reachable<PaxosCommit>('all-commit', (view) =>
  resourceManagers(view).every(everybodyDecides('commit'))
)

/** The other way to end. */
export const allAbort = reachable<PaxosCommit>('all-abort', (view) =>
  resourceManagers(view).every(everybodyDecides('abort'))
)

/** It is down for good, and has never decided or voted anything. */
const neverHelped = (node: Seen): boolean =>
  !node.up &&
  node.gone &&
  decisionOf(node) === null &&
  (node.durable.role !== 'acceptor' || Object.keys(node.durable.votes).length === 0)

/** All commit, while so many leaders and acceptors are gone that never helped. */
export const commitWithout = (leaders: number, acceptors: number) =>
  reachable<PaxosCommit>(`all-commit-without-${leaders}-leaders-and-${acceptors}-acceptors`, (view) => {
    const missing = (role: 'leader' | 'acceptor') =>
      view.nodes.filter((node) => node.durable.role === role && neverHelped(node)).length
    return (
      missing('leader') >= leaders &&
      missing('acceptor') >= acceptors &&
      resourceManagers(view).every(everybodyDecides('commit'))
    )
  })

/** Where a run may stop: no resource manager that may come back waits. */
export const allDecided = (view: View<PaxosCommit>): boolean =>
  resourceManagers(view).every((node) => decisionOf(node) !== null)

/** Transaction commit, and that both ends can be reached. */
export const transactionCommit = [agreement, stability, commitNeedsAllPrepared, allCommit, allAbort]
