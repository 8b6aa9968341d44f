/** What a leader makes of the answers to AppendEntries. [Raft] §5.3, Fig. 2 "Leaders" */
import { stay, type NodeId } from '../kernel/index.ts'
import { advance } from './commit.ts'
import { isRemoved } from './membership.ts'
import type { Accepted, Rejected } from './messages.ts'
import { handOver } from './office.ts'
import { andThen, moved, type Move, type Server } from './raft.ts'
import { answerReads } from './reads.ts'
import { heardFrom, progressOf, sendAgain, sendOn, withProgress } from './replication.ts'
import type { Leading, Progress } from './state.ts'
import { stepDown } from './terms.ts'

const { max } = Math

/** "If successful: update nextIndex and matchIndex for follower", and see what is committed now. */
export const onAccepted = (self: Server, state: Leading, from: NodeId, { matchIndex, round }: Accepted): Move => {
  const progress = progressOf(state, from)
  const isFurther = progress.is === 'probing' || matchIndex > progress.match
  if (!isFurther && !isContact(self, state, from, round)) return stay('ignore-old-reply', state)
  const known = withProgress(state, from, furtherTo(progress, max(progress.match, matchIndex)))
  const counted = advance(self, heardFrom(self, known, from, round))
  const sent = andThen(counted, (leader) => sendOn(self, leader, from))
  if (isRemoved(self, sent.state)) return moved('commit-own-removal', andThen(sent, stepDown))
  const isCommitted = counted.state.commitIndex > state.commitIndex
  return moved(
    isCommitted ? 'commit' : isFurther ? 'note-match' : 'note-contact',
    andThen(sent, (leader) => {
      const { state: after, effects } = answerReads(self, leader)
      return { state: after, effects: isFurther ? [...effects, ...handOver(after)] : effects }
    })
  )
}

/** A snapshot that is on its way has arrived once the follower has what it ends with. */
const furtherTo = (progress: Progress, match: number): Progress =>
  progress.is === 'installing' && match + 1 < progress.next
    ? { ...progress, match }
    : {
        ...progress,
        is: 'replicating',
        match,
        next: progress.is === 'replicating' ? max(progress.next, match + 1) : match + 1
      }

/** Whether an answer tells that the follower was there since it was last known to be. */
const isContact = (self: Server, state: Leading, from: NodeId, round: number): boolean =>
  round > progressOf(state, from).round ||
  (self.config.checkQuorum && state.role.followers[from] !== undefined && !state.role.heard.includes(from))

/**
 * "If AppendEntries fails because of log inconsistency: decrement nextIndex and retry", by a whole term at a time. Where
 * the logs are known to agree up to `match`, a message between was lost, and what follows it is sent again.
 */
export const onRejected = (self: Server, state: Leading, from: NodeId, answer: Rejected): Move => {
  const { prevLogIndex, conflictIndex, round } = answer
  const heard = heardFrom(self, state, from, round)
  const progress = progressOf(heard, from)
  const { is, match, next } = progress
  const isOld =
    is === 'installing' ||
    (is === 'probing' ? prevLogIndex !== next - 1 : prevLogIndex <= match || prevLogIndex >= next)
  if (isOld)
    return isContact(self, state, from, round)
      ? moved('note-contact', answerReads(self, heard))
      : stay('ignore-old-reply', state)
  const probing: Progress = { ...progress, is: 'probing', next: max(match + 1, conflictIndex) }
  const sent = sendAgain(self, withProgress(heard, from, probing), from)
  return moved(
    'back-up',
    andThen(sent, (leader) => answerReads(self, leader))
  )
}
