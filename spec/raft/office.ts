/** Taking office, and keeping it only with a quorum. [Raft] Fig. 2 "Leaders"; [Ongaro] §3.10, §6.2 */
import {
  append,
  compact,
  emptyLog,
  fired,
  lastIndex,
  reply,
  send,
  startTimer,
  type Log,
  type RequestId
} from '../kernel/index.ts'
import type { Response, TransferRequest } from './clients.ts'
import { advance } from './commit.ts'
import { isQuorum, latest, membersOf, votersOf } from './configuration.ts'
import type { Entry, Message } from './messages.ts'
import { andThen, moved, type Change, type Move, type Outward, type Server } from './raft.ts'
import { sendAgain, toAll } from './replication.ts'
import type { Leading, Progress, State } from './state.ts'
import { stepDown } from './terms.ts'

const { entries, fromEntries } = Object

/**
 * "Upon election: send initial empty AppendEntries RPCs (heartbeat) to each server." With a no-op, they carry that. What
 * other leaders have committed is found out by the first entry of the own term that is committed (§5.4.2).
 */
export const takeOffice = (self: Server, state: State): Change => {
  const { log, term } = state
  const end = lastIndex(log)
  // With nothing in our log there is nothing to disagree about.
  const untried: Progress = { is: end === 0 ? 'replicating' : 'probing', match: 0, next: end + 1, round: 0 }
  const followers = membersOf(latest(state)).filter((node) => node !== self.id)
  const longer: Log<Entry> = self.config.noop ? append<Entry>(log, { type: 'noop', term }) : log
  const leading: Leading = {
    ...state,
    log: longer,
    role: {
      is: 'leader',
      followers: fromEntries(followers.map((node) => [node, untried])),
      clients: compact(emptyLog, lastIndex(longer)),
      written: lastIndex(longer),
      begun: lastIndex(longer),
      heard: [],
      transferee: null,
      round: 0,
      reads: [],
      lease: 'off'
    }
  }
  const inOffice = { state: leading, effects: [startTimer('heartbeat'), startTimer('election')] }
  return andThen(
    andThen(inOffice, (leader) => toAll(self, leader, sendAgain)),
    (leader) => advance(self, leader)
  )
}

/** [Ongaro] §6.2: an election timeout without a quorum, and the leader steps down. §3.10: a transfer takes no longer. */
export const onLeadersTimeout = (self: Server, state: Leading): Move => {
  const { heard, transferee } = state.role
  if (self.config.checkQuorum && !isQuorum(latest(state), [self.id, ...heard]))
    return moved('step-down-unheard', stepDown(state))
  const followers = fromEntries(entries(state.role.followers).map(([node, progress]) => [node, probedFor(progress)]))
  const kept: Leading = { ...state, role: { ...state.role, heard: [], transferee: null, followers } }
  return fired(transferee === null ? 'stay-in-office' : 'abandon-transfer', kept, startTimer('election'))
}

/** A snapshot has had an election timeout to arrive: the next heartbeat finds out whether it did. */
const probedFor = (progress: Progress): Progress =>
  progress.is === 'installing' ? { ...progress, is: 'probing' } : progress

/**
 * [Ongaro] §3.10: the leader takes no more commands, brings the other server's log up to date, and has it start an
 * election. That message may arrive as late as it likes and depose us then, so no lease holds in this term any more.
 */
export const onTransferRequest = (self: Server, state: Leading, id: RequestId, { to }: TransferRequest): Move => {
  if (to === self.id || !votersOf(latest(state)).includes(to))
    return fired('refuse-transfer', state, reply<Response>(id, { type: 'unknown-server', server: to }))
  const leaving: Leading = { ...state, role: { ...state.role, transferee: to, lease: 'forsworn' } }
  return fired('begin-transfer', leaving, reply<Response>(id, { type: 'transferring', to }), handOver(leaving))
}

/** The message that lets go, once the other server has all entries. */
export const handOver = ({ role, log, term }: Leading): ReadonlyArray<Outward> => {
  const { transferee, followers } = role
  return transferee !== null && followers[transferee]?.match === lastIndex(log)
    ? [send<Message>(transferee, { type: 'timeout-now', term })]
    : []
}
