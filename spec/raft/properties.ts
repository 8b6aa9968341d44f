/** What Raft guarantees at all times, by the names of [Raft] Fig. 3, and what must be possible. */
import * as t from 'io-ts'
import {
  allDistinct,
  allEqual,
  always,
  entries,
  entryAt,
  firstDifference,
  isMajority,
  lastIndex,
  living,
  reachable,
  slice,
  step,
  type NodeView,
  type UpNode
} from '../kernel/index.ts'
import { isQuorum, latest, latestIndex } from './configuration.ts'
import type { Raft } from './raft.ts'
import type { Durable } from './state.ts'

type Node = NodeView<Raft>
type Up = UpNode<Raft>

const { isArray } = Array
const { keys } = Object
const { min } = Math

const leadersOf = (nodes: ReadonlyArray<Node>): ReadonlyArray<Up> =>
  living(nodes).filter(({ state }) => state.role.is === 'leader')

/** Every two of them, both ways round. */
const pairs = <A>(all: ReadonlyArray<A>): ReadonlyArray<readonly [A, A]> =>
  all.flatMap((one) => all.filter((other) => other !== one).map((other) => [one, other] as const))

/** Equal data, in whatever order its fields were written. */
const same = (one: unknown, other: unknown): boolean =>
  one === other ||
  (t.UnknownRecord.is(one) &&
    t.UnknownRecord.is(other) &&
    keys(one).length === keys(other).length &&
    keys(one).every((key) => same(one[key], other[key]))) ||
  (isArray(one) &&
    isArray(other) &&
    one.length === other.length &&
    one.every((item, index) => same(item, other[index])))

type HasLog = Pick<Durable, 'log'>

/** One past the last index that both logs reach. */
const commonEnd = ({ log: one }: HasLog, { log: other }: HasLog): number => min(lastIndex(one), lastIndex(other)) + 1

/**
 * The first index at which two logs hold different entries, of those that both still hold; the common end where there is none.
 * What the logs share, as versions of one log do, is not looked into.
 */
const parting = (one: HasLog, other: HasLog): number => {
  const end = commonEnd(one, other)
  const from = firstDifference(one.log, other.log)
  const offset = slice(one.log, from, end).findIndex((entry, place) => !same(entry, entryAt(other.log, from + place)))
  return offset === -1 ? end : from + offset
}

/** Whether the entries of two logs are the same up to `index`, as far as both still hold them, and both reach it. */
const agreeUpTo = (one: HasLog, other: HasLog, index: number): boolean =>
  commonEnd(one, other) > index && parting(one, other) > index

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
    agreeUpTo(before.state, after.state, lastIndex(before.state.log))
)

/**
 * Log Matching: if two logs contain an entry with the same index and term, then the logs are identical in all entries
 * up through the given index. §5.3
 */
export const logMatching = always<Raft>('log-matching', ({ nodes }) =>
  pairs(nodes.map(({ durable }) => durable)).every(([one, other]) => {
    // Before they part, they are identical. From there on, no entry of the one may have the term of the other's.
    const from = parting(one, other)
    return slice(one.log, from, commonEnd(one, other)).every(
      ({ term }, offset) => entryAt(other.log, from + offset)?.term !== term
    )
  })
)

/**
 * Leader Completeness: if a log entry is committed in a given term, then that entry will be present in the logs of the
 * leaders for all higher-numbered terms. §5.4. A server's term is at least the one in which it saw the entry committed.
 */
export const leaderCompleteness = always<Raft>('leader-completeness', ({ nodes }) =>
  leadersOf(nodes).every((leader) =>
    living(nodes).every(
      ({ state }) => state.term > leader.state.term || agreeUpTo(state, leader.state, state.commitIndex)
    )
  )
)

/**
 * State Machine Safety: if a server has applied a log entry at a given index to its state machine, no other server will
 * ever apply a different log entry for the same index. §5.4.3
 */
export const stateMachineSafety = always<Raft>('state-machine-safety', ({ nodes }) =>
  pairs(living(nodes)).every(([{ state: one }, { state: other }]) =>
    agreeUpTo(one, other, min(one.lastApplied, other.lastApplied))
  )
)

/** What is committed stays as it is. Follows from the others; said here as what a client may rely on. */
export const committedNeverChanges = step<Raft>(
  'committed-never-changes',
  ({ before, after }) => !before.up || agreeUpTo(before.state, after.durable, before.state.commitIndex)
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

/**
 * "Updated on stable storage before responding to RPCs" (Fig. 2): a server that says it has voted, or that it holds the log
 * up to an index, would still have done so after a crash right then.
 */
export const durableBeforeAcknowledged = step<Raft>('durable-before-acknowledged', ({ effects, after: { durable } }) =>
  effects.every((effect) => {
    if (effect.type !== 'send') return true
    const { to, message } = effect
    if (message.type === 'vote' && message.granted) return durable.term === message.term && durable.votedFor === to
    return message.type !== 'accepted' || lastIndex(durable.log) >= message.matchIndex
  })
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

/**
 * State Machine Safety where entries are gone: state machines that got equally far are the same, and so are snapshots that
 * end at the same index, whoever took them or was sent them. §7
 */
export const sameContent = always<Raft>(
  'same-content',
  ({ nodes }) =>
    pairs(living(nodes)).every(
      ([one, other]) => one.state.lastApplied !== other.state.lastApplied || same(one.machine, other.machine)
    ) &&
    pairs(nodes.map(({ durable }) => durable.snapshot)).every(
      ([one, other]) => one.lastIndex !== other.lastIndex || same(one, other)
    )
)

/**
 * What each way of changing the servers is for: "it must not be possible for two leaders to be elected" by majorities that
 * have nobody in common. Where a leader was elected in a later term, those that know nothing of that term are no quorum of
 * an earlier leader's configuration, and cannot go on without the others. §6, [Ongaro] §4.1
 */
export const noDisjointMajorities = always<Raft>('no-disjoint-majorities', ({ nodes }) =>
  pairs(leadersOf(nodes)).every(
    ([{ state: old }, { state: young }]) =>
      old.term >= young.term ||
      !isQuorum(
        latest(old),
        nodes.filter(({ durable }) => durable.term < young.term).map(({ id }) => id)
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

/** A log has been compacted. */
export const snapshotTaken = reachable<Raft>('a-snapshot-is-taken', ({ nodes }) =>
  nodes.some(({ durable }) => durable.snapshot.lastIndex > 0)
)

/** A server that was not there at the beginning has a vote, and somebody knows that this is committed. */
export const membershipChanges = reachable<Raft>('a-voter-is-added', ({ nodes }) =>
  living(nodes).some(
    ({ state }) =>
      latestIndex(state) <= state.commitIndex &&
      latest(state).outgoing === null &&
      latest(state).voters.some((id) => !state.snapshot.configuration.voters.includes(id))
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
export const elections = [electionSafety, oneVotePerTerm, growsMonotonically, durableBeforeAcknowledged]

/** [Raft] Fig. 3, whole. */
export const safety = [
  ...elections,
  leaderAppendOnly,
  logMatching,
  leaderCompleteness,
  stateMachineSafety,
  committedNeverChanges
]
