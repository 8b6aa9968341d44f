/** What Paxos promises, and what must be possible. [Lamport01] §2.1 */
import { allEqual, always, reachable, step, type NodeView, type View } from '../kernel/index.ts'
import type { Value } from './messages.ts'
import type { Paxos } from './rules.ts'
import type { Durable } from './state.ts'

type Seen = NodeView<Paxos>

const isThere = <A>(value: A | null): value is A => value !== null

const outcomesOf = (nodes: ReadonlyArray<Seen>): ReadonlyArray<Value> =>
  nodes.map(({ durable }) => durable.outcome).filter(isThere)

const acceptedBy = (nodes: ReadonlyArray<Seen>) => nodes.map(({ durable }) => durable.accepted).filter(isThere)

/** What a phase-2 quorum of acceptors has accepted in one ballot, and none of them something later. */
const chosenAmong = (nodes: ReadonlyArray<Seen>, phase2Quorum: number): ReadonlyArray<Value> => {
  const accepted = acceptedBy(nodes)
  return accepted
    .filter(({ ballot }) => accepted.filter((other) => other.ballot === ballot).length >= phase2Quorum)
    .map(({ value }) => value)
}

/** "Only a single value is chosen": learned by a learner, or accepted by a quorum of this size. */
export const agreement = (phase2Quorum: number) =>
  always<Paxos>('agreement', ({ nodes }) => allEqual([...outcomesOf(nodes), ...chosenAmong(nodes, phase2Quorum)]))

/** "Only a value that has been proposed may be chosen"; nor is any other accepted. */
export const validity = always<Paxos>('validity', ({ nodes }) =>
  [...outcomesOf(nodes), ...acceptedBy(nodes).map(({ value }) => value)].every((value) =>
    nodes.some(({ durable }) => durable.proposal === value)
  )
)

/** One value for each ballot: B1 of [Lamport98] §2.1 is that ballots are told apart by their numbers. */
export const oneValuePerBallot = always<Paxos>('one-value-per-ballot', ({ nodes }) => {
  const accepted = acceptedBy(nodes)
  return accepted.every(({ ballot, value }) =>
    accepted.every((other) => other.ballot !== ballot || other.value === value)
  )
})

const ballotOf = ({ accepted }: Durable): number => accepted?.ballot ?? 0

/** "An acceptor must remember" what it has promised and accepted "even if it fails and then restarts" (§2.2). */
export const promisesAreKept = step<Paxos>(
  'promises-are-kept',
  ({ before: { durable: before }, after: { durable: after } }) =>
    after.promised >= before.promised &&
    (ballotOf(after) === ballotOf(before) || ballotOf(after) >= before.promised) &&
    ballotOf(after) >= ballotOf(before)
)

/** A learned value stays as it is, also across a crash. */
export const outcomeStays = step<Paxos>(
  'outcome-stays',
  ({ before, after }) => before.durable.outcome === null || after.durable.outcome === before.durable.outcome
)

/** A value is chosen and learned by all. */
export const allLearn = reachable<Paxos>('all-learn-the-chosen-value', ({ nodes }) =>
  nodes.every(({ durable }) => durable.outcome !== null)
)

/** A client's value is not chosen, and the node that stood for it knows. */
export const oneGivesWay = reachable<Paxos>('a-proposer-learns-another-value', ({ nodes }) =>
  nodes.some(({ durable: { proposal, outcome } }) => proposal !== null && outcome !== null && outcome !== proposal)
)

/** Somebody learns while so few acceptors as this have accepted anything: what small phase-2 quorums are for. */
export const learnedFrom = (acceptors: number) =>
  reachable<Paxos>(
    `learned-from-${acceptors}-acceptors`,
    ({ nodes }) => outcomesOf(nodes).length > 0 && acceptedBy(nodes).length <= acceptors
  )

/** Where a run may stop: whoever stands for a value knows the outcome. */
export const allProposersKnow = ({ nodes }: View<Paxos>): boolean =>
  nodes.every(({ durable: { proposal, outcome } }) => proposal === null || outcome !== null)

/** The safety of Paxos with phase-2 quorums of this size. */
export const consensus = (phase2Quorum: number) => [
  agreement(phase2Quorum),
  validity,
  oneValuePerBallot,
  promisesAreKept,
  outcomeStays
]
