/** What Raft guarantees at all times, by the names of [Raft] Fig. 3, and what must be possible. */
import {
  allDistinct,
  allEqual,
  always,
  entries,
  isMajority,
  living,
  reachable,
  slice,
  step,
  type Log,
  type NodeView,
  type UpNode
} from '../kernel/index.ts'
import type { Entry } from './messages.ts'
import type { Raft } from './raft.ts'

type Node = NodeView<Raft>
type Up = UpNode<Raft>

const { min } = Math

const leadersOf = (nodes: ReadonlyArray<Node>): ReadonlyArray<Up> =>
  living(nodes).filter(({ state }) => state.role.is === 'leader')

/** Every two of them, both ways round. */
const pairs = <A>(all: ReadonlyArray<A>): ReadonlyArray<readonly [A, A]> =>
  all.flatMap((one) => all.filter((other) => other !== one).map((other) => [one, other] as const))

/** Entries are made in one place and passed on as they are, so that equal ones are equal text. */
const textOf = (part: ReadonlyArray<Entry>): string => JSON.stringify(part)

const agreeUpTo = (one: Log<Entry>, other: Log<Entry>, index: number): boolean =>
  textOf(slice(one, 1, index + 1)) === textOf(slice(other, 1, index + 1))

/** Election Safety: at most one leader can be elected in a given term. §5.2 */
export const electionSafety = always<Raft>('election-safety', ({ nodes }) =>
  allDistinct(leadersOf(nodes).map(({ state }) => state.term))
)

/** Leader Append-Only: a leader never overwrites or deletes entries in its log; it only appends new entries. §5.3 */
export const leaderAppendOnly = step<Raft>(
  'leader-append-only',
  ({ before, after }) =>
    !before.up ||
    !after.up ||
    before.state.role.is !== 'leader' ||
    after.state.role.is !== 'leader' ||
    agreeUpTo(before.state.log, after.state.log, before.state.log.last)
)

/**
 * Log Matching: if two logs contain an entry with the same index and term, then the logs are identical in all entries
 * up through the given index. §5.3
 */
export const logMatching = always<Raft>('log-matching', ({ nodes }) =>
  pairs(nodes.map(({ durable }) => durable.log)).every(([one, other]) =>
    entries(one).every(({ term }, offset) => entries(other)[offset]?.term !== term || agreeUpTo(one, other, offset + 1))
  )
)

/**
 * Leader Completeness: if a log entry is committed in a given term, then that entry will be present in the logs of the
 * leaders for all higher-numbered terms. §5.4. A server's term is at least the one in which it saw the entry committed.
 */
export const leaderCompleteness = always<Raft>('leader-completeness', ({ nodes }) =>
  leadersOf(nodes).every((leader) =>
    living(nodes).every(
      ({ state }) => state.term > leader.state.term || agreeUpTo(state.log, leader.state.log, state.commitIndex)
    )
  )
)

/**
 * State Machine Safety: if a server has applied a log entry at a given index to its state machine, no other server will
 * ever apply a different log entry for the same index. §5.4.3
 */
export const stateMachineSafety = always<Raft>('state-machine-safety', ({ nodes }) =>
  pairs(living(nodes)).every(([{ state: one }, { state: other }]) =>
    agreeUpTo(one.log, other.log, min(one.lastApplied, other.lastApplied))
  )
)

/** What is committed stays as it is. Follows from the others; said here as what a client may rely on. */
export const committedNeverChanges = step<Raft>(
  'committed-never-changes',
  ({ before, after }) => !before.up || agreeUpTo(before.state.log, after.durable.log, before.state.commitIndex)
)

/** "Increases monotonically": the term for good, commitIndex and lastApplied until a crash. Fig. 2, "State" */
export const growsMonotonically = step<Raft>(
  'grows-monotonically',
  ({ before, after }) =>
    after.durable.term >= before.durable.term &&
    (!before.up ||
      !after.up ||
      (after.state.commitIndex >= before.state.commitIndex && after.state.lastApplied >= before.state.lastApplied))
)

/** "Whom it voted for in this term": once given, a vote is neither taken back nor given to another. §5.2 */
export const oneVotePerTerm = step<Raft>(
  'one-vote-per-term',
  ({ before, after }) =>
    after.durable.term !== before.durable.term ||
    before.durable.votedFor === null ||
    after.durable.votedFor === before.durable.votedFor
)

/**
 * What pre-vote is for: nobody starts a term that a majority of the one before has not agreed to, so a server that was
 * cut off comes back with a term that deposes no leader. [Ongaro] §9.6
 */
export const termNeedsMajority = always<Raft>('a-term-needs-a-majority', ({ nodes }) =>
  nodes.every(({ durable }) =>
    isMajority(
      nodes.filter((other) => other.durable.term >= durable.term - 1).map(({ id }) => id),
      nodes.map(({ id }) => id)
    )
  )
)

/** Without this, all of the above could hold because nothing happens. */
export const someLeader = reachable<Raft>('a-leader-is-elected', ({ nodes }) => leadersOf(nodes).length > 0)

export const twoLeaders = reachable<Raft>('a-deposed-leader-does-not-know', ({ nodes }) => leadersOf(nodes).length > 1)

/** All servers have applied all that the log holds, which is at least one command. */
export const allApplied = reachable<Raft>(
  'a-command-is-applied-everywhere',
  ({ nodes }) =>
    living(nodes).length === nodes.length &&
    allEqual(living(nodes).map(({ state }) => state.lastApplied)) &&
    living(nodes).every(
      ({ state }) => state.lastApplied === state.log.last && entries(state.log).some(({ type }) => type === 'command')
    )
)

/** A server leads that was asked to take over. [Ongaro] §3.10 */
export const leadershipMoves = reachable<Raft>('leadership-is-transferred', ({ nodes }) =>
  leadersOf(nodes).some(({ id, state }) =>
    nodes.some(
      (node) =>
        node.up && node.state.role.is === 'leader' && node.state.role.transferee === id && node.state.term < state.term
    )
  )
)

/** [Raft] Fig. 3, as far as elections alone go. */
export const elections = [electionSafety, oneVotePerTerm, growsMonotonically]

/** [Raft] Fig. 3, whole. */
export const safety = [
  ...elections,
  leaderAppendOnly,
  logMatching,
  leaderCompleteness,
  stateMachineSafety,
  committedNeverChanges
]
