/** Atomic commitment as in [BHG87] §7.3, and what keeps three-phase commit from blocking. */
import { allEqual, always, living, reachable, step, type NodeView, type View } from '../kernel/index.ts'
import type { Decision } from './messages.ts'
import type { ThreePhaseCommit } from './rules.ts'

type Node = NodeView<ThreePhaseCommit>

/** What a site has decided: in memory while it is up, on disk while it is down. */
export const decisionOf = (node: Node): Decision | null => {
  if (node.up) return node.state.phase === 'decided' ? node.state.decision : null
  const { record } = node.durable
  return record === 'commit' || record === 'abort' ? record : null
}

/** AC1: all sites that decide decide the same. */
export const agreement = always<ThreePhaseCommit>('agreement', ({ nodes }) =>
  allEqual(nodes.map(decisionOf).filter((decision) => decision !== null))
)

/** AC2: a decision is neither reversed nor forgotten. */
export const finality = step<ThreePhaseCommit>(
  'finality',
  ({ before, after }) => decisionOf(before) === null || decisionOf(after) === decisionOf(before)
)

/** AC3: a commit needs the yes of every participant: it is on the disk of each. */
export const commitNeedsEveryYes = always<ThreePhaseCommit>(
  'commit-needs-every-yes',
  ({ nodes }) =>
    !nodes.some((node) => decisionOf(node) === 'commit') ||
    nodes.every(({ durable: { record } }) => record === 'yes' || record === 'pre-commit' || record === 'commit')
)

/**
 * Where somebody has committed, no operational site is left in a state from which it would abort: this is what two-phase
 * commit lacks. [Skeen81], the fundamental nonblocking theorem; NB in [BHG87] §7.5
 */
export const nobodyIsLeftUncertain = always<ThreePhaseCommit>(
  'nobody-is-left-uncertain',
  ({ nodes }) =>
    !nodes.some((node) => decisionOf(node) === 'commit') ||
    !nodes.some((node) => node.up && (node.state.phase === 'wait' || node.state.phase === 'working'))
)

const everybodyDecides = (decision: Decision) => (node: Node) => decisionOf(node) === decision

/** AC4: where all vote yes and nothing fails, all commit. Here: it can be done. */
export const allCommit = reachable<ThreePhaseCommit>('all-commit', ({ nodes }) =>
  nodes.every(everybodyDecides('commit'))
)

/** The other way to end. */
export const allAbort = reachable<ThreePhaseCommit>('all-abort', ({ nodes }) => nodes.every(everybodyDecides('abort')))

/** Everybody but the coordinator decides, while the coordinator is down or does not know. */
const withoutCoordinator = (decision: Decision) =>
  reachable<ThreePhaseCommit>(`all-others-${decision}-without-the-coordinator`, ({ nodes: [coordinator, ...left] }) => {
    if (coordinator === undefined) return false
    const isOut = coordinator.up ? coordinator.state.phase === 'recovered' : decisionOf(coordinator) === null
    return isOut && left.every(everybodyDecides(decision))
  })

export const othersCommit = withoutCoordinator('commit')
export const othersAbort = withoutCoordinator('abort')

/** Where a run may stop. */
export const allDecided = ({ nodes }: View<ThreePhaseCommit>): boolean =>
  nodes.every((node) => decisionOf(node) !== null)

/** Where a run may stop, if some never come back. */
export const allOperationalDecided = ({ nodes }: View<ThreePhaseCommit>): boolean =>
  living(nodes).every((node) => decisionOf(node) !== null)

/** AC1 to AC3, and that both ends can be reached. */
export const atomicCommit = [agreement, finality, commitNeedsEveryYes, allCommit, allAbort]
