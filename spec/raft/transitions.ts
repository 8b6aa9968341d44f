/** Every event and the clause that takes it. [Raft] Fig. 2, "Rules for Servers" */
import { match } from 'ts-pattern'
import { emptyLog, fired, startTimer, stay, type NodeId } from '../kernel/index.ts'
import { onApplyTimeout } from './commit.ts'
import { adoptTerm, onElectionTimeout, onRequestVote, onVote } from './election.ts'
import { onAppendEntries } from './following.ts'
import type { Message } from './messages.ts'
import { moved, then, type Happening, type Move, type Server } from './raft.ts'
import { onAccepted, onCommand, onHeartbeatTimeout, onRejected } from './replication.ts'
import { isLeading, type Durable, type Leading, type State } from './state.ts'

/** "When servers start up, they begin as followers" (§5.2). */
const asFollower = (disk: Durable): State => ({
  ...disk,
  commitIndex: 0,
  lastApplied: 0,
  role: { is: 'follower', leader: null }
})

export const initial = (_self: Server): Move =>
  fired('start', asFollower({ term: 0, votedFor: null, log: emptyLog }), startTimer('election'))

/** What was committed is learned again from the next leader, and applied again to a state machine that starts afresh. */
export const recover = (_self: Server, disk: Durable): Move =>
  fired('recover', asFollower(disk), startTimer('election'))

export const step = (self: Server, state: State, event: Happening): Move =>
  match(event)
    .returnType<Move>()
    .with({ type: 'deliver' }, ({ from, message }) => onDelivery(self, state, from, message))
    .with({ type: 'request' }, (asked) => onCommand(self, state, asked))
    .with({ type: 'timeout', timer: 'election' }, () => onElectionTimeout(self, state))
    .with({ type: 'timeout', timer: 'heartbeat' }, () => onHeartbeatTimeout(self, state))
    .with({ type: 'timeout', timer: 'apply' }, () => onApplyTimeout(self, state))
    .exhaustive()

/** "If RPC request or response contains term T > currentTerm: set currentTerm = T, convert to follower" (§5.1). */
const onDelivery = (self: Server, state: State, from: NodeId, message: Message): Move => {
  if (message.term <= state.term) return onMessage(self, state, from, message)
  const adopted = adoptTerm(state, message.term)
  if (!isRequest(message)) return moved('learn-newer-term', adopted)
  const { rule, ...change } = onMessage(self, adopted.state, from, message)
  return moved(
    rule,
    then(adopted, () => change)
  )
}

const isRequest = ({ type }: Message): boolean => type === 'request-vote' || type === 'append-entries'

/** A message of our term or of an earlier one. */
const onMessage = (self: Server, state: State, from: NodeId, message: Message): Move =>
  match(message)
    .returnType<Move>()
    .with({ type: 'request-vote' }, (request) => onRequestVote(state, from, request))
    .with({ type: 'append-entries' }, (request) => onAppendEntries(self, state, from, request))
    .with({ type: 'vote' }, (vote) => (vote.term < state.term ? tooLate(state) : onVote(self, state, from, vote)))
    .with({ type: 'accepted' }, (answer) => asLeader(state, answer, (leader) => onAccepted(self, leader, from, answer)))
    .with({ type: 'rejected' }, (answer) => asLeader(state, answer, (leader) => onRejected(self, leader, from, answer)))
    .with({ type: 'stale-term' }, () => tooLate(state))
    .exhaustive()

/** The answer to a question that nobody asks any more. */
const tooLate = (state: State): Move => stay('ignore-stale-reply', state)

const asLeader = (state: State, { term }: Message, act: (leader: Leading) => Move): Move =>
  term === state.term && isLeading(state) ? act(state) : tooLate(state)
