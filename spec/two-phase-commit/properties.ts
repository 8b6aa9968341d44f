/** Atomic commitment, clause by clause. [BHG87] §7.3 calls the clauses AC1 to AC5; for AC5 see the README. */
import { allEqual, always, reachable, step, type NodeView, type View } from '../kernel/index.ts'
import type { Decision } from './messages.ts'
import type { TwoPhaseCommit } from './transitions.ts'

type Node = NodeView<TwoPhaseCommit>

/** What a node has decided: in memory while it is up, on disk while it is down. */
export const decisionOf = (node: Node): Decision | null => {
  if (node.up) return node.state.phase === 'decided' ? node.state.decision : null
  return node.durable.record === 'yes' ? null : node.durable.record
}

/** Whether a node has voted yes and does not know the decision. */
const isPrepared = (node: Node): boolean => (node.up ? node.state.phase === 'prepared' : node.durable.record === 'yes')

/** AC1: all nodes that decide decide the same. */
export const agreement = always<TwoPhaseCommit>('agreement', ({ nodes }) =>
  allEqual(nodes.map(decisionOf).filter((decision) => decision !== null))
)

/** AC2: a decision is not reversed; not forgotten either, since who has forgotten it may decide again. */
export const finality = step<TwoPhaseCommit>(
  'finality',
  ({ before, after }) => decisionOf(before) === null || decisionOf(after) === decisionOf(before)
)

/**
 * AC3: a commit needs the yes of every participant. In the states of [GL06] §2: where one node has committed, all are
 * prepared or have committed, the coordinator being the first.
 */
export const commitNeedsEveryYes = always<TwoPhaseCommit>(
  'commit-needs-every-yes',
  ({ nodes }) =>
    !nodes.some((node) => decisionOf(node) === 'commit') ||
    nodes.every((node) => isPrepared(node) || decisionOf(node) === 'commit')
)

/** AC4: where all vote yes and nothing fails, all commit. Here: it can be done. */
export const allCommit = reachable<TwoPhaseCommit>('all-commit', ({ nodes }) =>
  nodes.every((node) => decisionOf(node) === 'commit')
)

/** The other way to end. */
export const allAbort = reachable<TwoPhaseCommit>('all-abort', ({ nodes }) =>
  nodes.every((node) => decisionOf(node) === 'abort')
)

/**
 * The price of two-phase commit: the coordinator is down, no decision is on its way from it, and a participant that has
 * voted yes can do nothing but wait. [BHG87] §7.4, [GL06] §3
 */
export const blocked = reachable<TwoPhaseCommit>('a-prepared-participant-is-blocked', ({ nodes, network }) =>
  nodes.some(
    (node) =>
      node.up &&
      node.state.role === 'participant' &&
      node.state.phase === 'prepared' &&
      isDown(nodes, node.state.coordinator) &&
      !network.some(({ to, message }) => to === node.id && (message.type === 'commit' || message.type === 'abort'))
  )
)

const isDown = (nodes: ReadonlyArray<Node>, id: string): boolean => nodes.some((node) => node.id === id && !node.up)

/** No participant knows the decision, and none may decide on its own: where the coordinator is gone, nobody can help. */
export const allUncertain = ({ nodes }: View<TwoPhaseCommit>): boolean =>
  nodes.every((node) => isPrepared(node) || isGone(node))

const isGone = (node: Node): boolean => !node.up && node.gone && decisionOf(node) === null

/** Where a run may stop. */
export const allDecided = ({ nodes }: View<TwoPhaseCommit>): boolean => nodes.every((node) => decisionOf(node) !== null)

/** AC1 to AC3, and that both ends can be reached. */
export const atomicCommit = [agreement, finality, commitNeedsEveryYes, allCommit, allAbort]
