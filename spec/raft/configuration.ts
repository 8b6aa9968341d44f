/** Who belongs to the cluster, and how many of them decide. [Raft] §5.2, §6 */
import { isMajority, setOf, type NodeId } from '../kernel/index.ts'
import type { Configuration, Entry } from './messages.ts'
import type { Placed, State } from './state.ts'

const { floor, min } = Math

/** "A server always uses the latest configuration in its log, regardless of whether the entry is committed." §6 */
export const latest = ({ configurations, snapshot }: State): Configuration =>
  configurations.at(-1)?.configuration ?? snapshot.configuration

/** Where the latest configuration stands. */
export const latestIndex = ({ configurations, snapshot }: State): number =>
  configurations.at(-1)?.index ?? snapshot.lastIndex

/** The latest configuration at or before `index`, which is not before the snapshot. */
export const configurationAt = ({ configurations, snapshot }: State, index: number): Configuration =>
  configurations.findLast((placed) => placed.index <= index)?.configuration ?? snapshot.configuration

/** Those among entries of which the first stands at `index`. */
export const configurationsIn = (entries: ReadonlyArray<Entry>, index: number): ReadonlyArray<Placed> =>
  entries.some(({ type }) => type === 'configuration')
    ? entries.flatMap((entry, offset) =>
        entry.type === 'configuration' ? [{ index: index + offset, configuration: entry.configuration }] : []
      )
    : []

/** Those after `index`. */
export const after = (configurations: ReadonlyArray<Placed>, index: number): ReadonlyArray<Placed> =>
  configurations.filter((placed) => placed.index > index)

/** Whose votes and copies count. */
export const votersOf = ({ voters, outgoing }: Configuration): ReadonlyArray<NodeId> =>
  outgoing === null ? voters : setOf([...voters, ...outgoing])

/** Whom the leader sends its log. */
export const membersOf = (configuration: Configuration): ReadonlyArray<NodeId> =>
  setOf([...votersOf(configuration), ...configuration.learners])

const isMajorityOf = (voters: ReadonlyArray<NodeId>, set: ReadonlyArray<NodeId>): boolean =>
  isMajority(
    voters.filter((voter) => set.includes(voter)),
    voters
  )

/** "Agreement requires separate majorities from both the old and new configurations" while they are joint. §6 */
export const isQuorum = ({ voters, outgoing }: Configuration, set: ReadonlyArray<NodeId>): boolean =>
  isMajorityOf(voters, set) && (outgoing === null || isMajorityOf(outgoing, set))

const reachedByMajority = (voters: ReadonlyArray<NodeId>, reached: (node: NodeId) => number): number =>
  voters.map(reached).toSorted((a, b) => b - a)[floor(voters.length / 2)] ?? 0

/** The highest value that a quorum has reached. */
export const reachedByQuorum = ({ voters, outgoing }: Configuration, reached: (node: NodeId) => number): number =>
  outgoing === null
    ? reachedByMajority(voters, reached)
    : min(reachedByMajority(voters, reached), reachedByMajority(outgoing, reached))

/**
 * Whether this server may stand for election: where it is a voter, or was one before a change that is not known to be
 * committed. Without its vote for somebody, the servers of before might elect no leader to commit it. [Ongaro] §4.2.2
 */
export const mayStand = (id: NodeId, state: State): boolean =>
  [
    configurationAt(state, state.commitIndex),
    ...after(state.configurations, state.commitIndex).map(({ configuration }) => configuration)
  ].some((configuration) => votersOf(configuration).includes(id))
