/** Changing the servers of the cluster. [Raft] §6; one at a time [Ongaro] §4.1 */
import { lastIndex, type NodeId, type RequestId } from '../kernel/index.ts'
import type { ChangeRequest } from './clients.ts'
import { latest, latestIndex, membersOf, votersOf } from './configuration.ts'
import type { Configuration } from './messages.ts'
import { unchanged, type Change, type Server } from './raft.ts'
import { appendEntry, sendAgain, sendOn, toAll } from './replication.ts'
import { termAt, type Leading, type Progress } from './state.ts'

const { fromEntries } = Object

/** Of a server that was not sent anything before. */
const newcomer: Progress = { is: 'probing', match: 0, next: 1, round: 0 }

/** The configuration is in force now, for a server that has it in its log. Leaders lead those in it, and no others. */
export const appendConfiguration = (
  self: Server,
  state: Leading,
  configuration: Configuration,
  client: RequestId | null
): Change<Leading> => {
  const longer = appendEntry(state, { type: 'configuration', term: state.term, configuration }, client)
  const { followers } = state.role
  const members = membersOf(configuration).filter((node) => node !== self.id)
  const entered: Leading = {
    ...longer,
    configurations: [...state.configurations, { index: lastIndex(longer.log), configuration }],
    role: { ...longer.role, followers: fromEntries(members.map((node) => [node, followers[node] ?? newcomer])) }
  }
  return toAll(self, entered, (server, leader, progress) =>
    (progress === newcomer ? sendAgain : sendOn)(server, leader, progress)
  )
}

const without = (set: ReadonlyArray<NodeId>, other: ReadonlyArray<NodeId>): ReadonlyArray<NodeId> =>
  set.filter((node) => !other.includes(node))

/**
 * Old and new majorities overlap where one voter comes or goes ([Ongaro] §4.1). Where more do, they do not, and the joint
 * configuration comes between (§6).
 */
export const nextConfiguration = (current: Configuration, { voters, learners }: ChangeRequest): Configuration => {
  const changes = without(voters, current.voters).length + without(current.voters, voters).length
  return { voters, outgoing: changes <= 1 ? null : current.voters, learners }
}

/** Why the servers cannot be changed like this now; null if they can. */
export const whyNot = (self: Server, state: Leading, { voters, learners }: ChangeRequest) => {
  const isKnown = [...voters, ...learners].every((node) => self.nodes.includes(node))
  if (!isKnown || voters.length === 0 || learners.some((node) => voters.includes(node))) return 'invalid'
  if (latestIndex(state) > state.commitIndex || latest(state).outgoing !== null) return 'pending'
  // Two leaders that each change one voter of the same configuration might share none: the later one must know first
  // that the change of the earlier is settled, either way. Missing from the thesis; mended in [Ongaro15].
  if (termAt(state, state.commitIndex) !== state.term) return 'early'
  const reached = (node: NodeId): number => (node === self.id ? Infinity : (state.role.followers[node]?.match ?? 0))
  const isBehind = (node: NodeId): boolean => reached(node) + self.config.window < lastIndex(state.log)
  return without(voters, latest(state).voters).some(isBehind) ? 'lagging' : null
}

/** "Once C_old,new has been committed, … it is now safe for the leader to create a log entry describing C_new" (§6). */
export const leaveJoint = (
  self: Server,
  state: Leading,
  commitIndex: number,
  client: RequestId | null
): Change<Leading> => {
  const configuration = latest(state)
  return configuration.outgoing === null || latestIndex(state) > commitIndex
    ? unchanged(state)
    : appendConfiguration(self, { ...state, commitIndex }, { ...configuration, outgoing: null }, client)
}

/** "The leader steps down once it has committed the C_new log entry" in which it has no vote (§6). */
export const isRemoved = (self: Server, state: Leading): boolean =>
  !votersOf(latest(state)).includes(self.id) && latestIndex(state) <= state.commitIndex
