/** Reads that do not go through the log. [Ongaro] §6.4 */
import { apply, fired, startTimer, stay, type ClientRequest } from '../kernel/index.ts'
import type { ReadRequest } from './clients.ts'
import { latest, reachedByQuorum } from './configuration.ts'
import { andThen, moved, unchanged, type Change, type Move, type Server } from './raft.ts'
import { sendAgain, toAll } from './replication.ts'
import { isLeading, type Leading, type Read, type State } from './state.ts'

const { max } = Math

/**
 * What was committed when the read came must be in the answer. The leader knows what that is once it has committed in
 * its own term; until then, all that it took over may be. That it still leads is shown by a round of heartbeats which
 * begins after the read came, or by a lease.
 */
export const onRead = (self: Server, state: Leading, { id, request }: ClientRequest<ReadRequest>): Move => {
  const { role, commitIndex } = state
  const isUnderWay = confirmed(self, state) < role.round
  const holdsLease = role.lease === 'on' && !isUnderWay
  const read: Read = {
    id,
    query: request.query,
    index: max(commitIndex, role.begun),
    round: holdsLease ? role.round : role.round + 1
  }
  const waiting: Leading = { ...state, role: { ...role, reads: [...role.reads, read] } }
  if (holdsLease) return moved('read-by-lease', answerReads(self, waiting))
  // Those that come while a round is under way share the next one.
  if (isUnderWay) return fired('await-round', waiting)
  return moved(
    'begin-round',
    andThen(beginRound(self, waiting), (leader) => answerReads(self, leader))
  )
}

/** The latest round that shows that we lead: a majority has answered it or a later one. */
const confirmed = (self: Server, state: Leading): number => {
  const { followers, round } = state.role
  return reachedByQuorum(latest(state), (node) => (node === self.id ? round : (followers[node]?.round ?? 0)))
}

/** The lease is counted from the moment a round begins, and is good once the round is confirmed (§6.4.1). */
const beginRound = (self: Server, state: Leading): Change<Leading> => {
  const { role } = state
  const isLeased = self.config.reads === 'lease' && role.lease !== 'forsworn'
  const begun: Leading = { ...state, role: { ...role, round: role.round + 1, lease: isLeased ? 'on' : role.lease } }
  const timer: Change<Leading> = { state: begun, effects: isLeased ? [startTimer('lease')] : [] }
  return andThen(timer, (leader) => toAll(self, leader, sendAgain))
}

/** Answers the reads that have waited long enough, and begins the next round if others wait for it. */
export const answerReads = (self: Server, state: Leading): Change<Leading> => {
  const { role, lastApplied } = state
  if (role.reads.length === 0) return unchanged(state)
  const reached = confirmed(self, state)
  const isReady = ({ round, index }: Read): boolean => round <= reached && index <= lastApplied
  const reads = role.reads.filter((read) => !isReady(read))
  const answers = role.reads.filter(isReady).map(({ id, query }) => apply({ type: 'query', query } as const, id))
  const answered: Change<Leading> = { state: { ...state, role: { ...role, reads } }, effects: answers }
  const isNextDue = reached === role.round && reads.some(({ round }) => round > role.round)
  return isNextDue ? andThen(answered, (leader) => beginRound(self, leader)) : answered
}

/** Heartbeats; where leases are in use they are a round of their own, so that there is always a lease to go by. */
export const onHeartbeatTimeout = (self: Server, state: State): Move => {
  if (!isLeading(state)) return stay('ignore-timeout', state)
  const isRound = self.config.reads === 'lease' && confirmed(self, state) === state.role.round
  const { state: sent, effects } = isRound ? beginRound(self, state) : toAll(self, state, sendAgain)
  return fired('send-heartbeats', sent, effects, startTimer('heartbeat'))
}

/** Within the bound on clocks, no server that answered the round has voted for another leader before this moment. */
export const onLeaseTimeout = (state: State): Move =>
  isLeading(state) && state.role.lease === 'on'
    ? fired('lease-ends', { ...state, role: { ...state.role, lease: 'off' } })
    : stay('ignore-timeout', state)
