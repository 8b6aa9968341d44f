/** What a leader makes of the answers to AppendEntries. [Raft] §5.3, Fig. 2 "Leaders" */
import { stay, type NodeId } from '../kernel/index.ts'
import { advance } from './commit.ts'
import { isRemoved } from './membership.ts'
import type { Accepted, Rejected } from './messages.ts'
import { handOver } from './office.ts'
import { andThen, moved, type Move, type Server } from './raft.ts'
import { answerReads } from './reads.ts'
import { heardFrom, sendAgain, sendOn, toOne } from './replication.ts'
import type { Leading, Progress } from './state.ts'
import { stepDown } from './terms.ts'

const { max } = Math

/** A follower that answers, and what was known of it. */
export interface Answering {
  readonly from: NodeId
  readonly progress: Progress
}

/** "If successful: update nextIndex and matchIndex for follower", and see what is committed now. */
export const onAccepted = (self: Server, state: Leading, { from, progress }: Answering, answer: Accepted): Move => {
  const { matchIndex, round } = answer
  const isFurther = progress.is === 'probing' || matchIndex > progress.match
  if (!isFurther && !isContact(self, state, { from, progress }, round)) return stay('ignore-old-reply', state)
  const further = furtherTo(progress, max(progress.match, matchIndex))
  const counted = advance(self, heardFrom(self, state, from, further, round))
  const sent = andThen(counted, (leader) => toOne(self, leader, from, sendOn))
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
const isContact = (self: Server, { role }: Leading, { from, progress }: Answering, round: number): boolean =>
  round > progress.round || (self.config.checkQuorum && !role.heard.includes(from))

/**
 * "If AppendEntries fails because of log inconsistency: decrement nextIndex and retry", by a whole term at a time. Where
 * the logs are known to agree up to `match`, a message between was lost, and what follows it is sent again.
 */
export const onRejected = (self: Server, state: Leading, { from, progress }: Answering, answer: Rejected): Move => {
  const { prevLogIndex, conflictIndex, round } = answer
  const { is, match, next } = progress
  const isOld =
    is === 'installing' ||
    (is === 'probing' ? prevLogIndex !== next - 1 : prevLogIndex <= match || prevLogIndex >= next)
  if (isOld)
    return isContact(self, state, { from, progress }, round)
      ? moved('note-contact', answerReads(self, heardFrom(self, state, from, progress, round)))
      : stay('ignore-old-reply', state)
  const probing: Progress = { ...progress, is: 'probing', next: max(match + 1, conflictIndex) }
  const sent = toOne(self, heardFrom(self, state, from, probing, round), from, sendAgain)
  return moved(
    'back-up',
    andThen(sent, (leader) => answerReads(self, leader))
  )
}
