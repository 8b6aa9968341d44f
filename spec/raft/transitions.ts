/** Every event and the clause that takes it. [Raft] Fig. 2, "Rules for Servers" */
import { match } from 'ts-pattern'
import {
  emptyLog,
  entries,
  fired,
  firstIndex,
  reply,
  restore,
  send,
  setOf,
  startTimer,
  stay,
  type ClientRequest,
  type NodeId
} from '../kernel/index.ts'
import { onAccepted, onRejected, type Answering } from './answers.ts'
import type { Request, Response } from './clients.ts'
import { applyCommitted } from './commit.ts'
import { after, configurationsIn } from './configuration.ts'
import { onPreVote, onRequestPreVote, onRequestVote, onSilence, onTimeoutNow, onVote } from './election.ts'
import { onAppendEntries } from './following.ts'
import type { Configuration, Message, Snapshot } from './messages.ts'
import { onLeadersTimeout, onTransferRequest } from './office.ts'
import { andThen, moved, type Happening, type Move, type Server } from './raft.ts'
import { answerReads, onHeartbeatTimeout, onLeaseTimeout, onRead } from './reads.ts'
import { onChange, onCommand, onWriteTimeout } from './requests.ts'
import { onSnapshot, onInstallSnapshot } from './snapshots.ts'
import {
  hearsLeader,
  isLeading,
  leaderOf,
  type Durable,
  type Leading,
  type Role,
  type State,
  type Timer
} from './state.ts'
import { adoptTerm } from './terms.ts'

/** "When servers start up, they begin as followers" (§5.2). What the snapshot holds is committed and applied. */
const asFollower = (disk: Durable, role: Role = { is: 'follower', leader: null }): State => {
  const { log, snapshot } = disk
  return {
    ...disk,
    configurations: after(configurationsIn(entries(log), firstIndex(log)), snapshot.lastIndex),
    commitIndex: snapshot.lastIndex,
    lastApplied: snapshot.lastIndex,
    awaitsSnapshot: false,
    role
  }
}

export const initial = ({ nodes, config }: Server): Move => {
  const configuration: Configuration = { voters: config.voters ?? setOf(nodes), outgoing: null, learners: [] }
  const snapshot: Snapshot = { lastIndex: 0, lastTerm: 0, configuration, content: null }
  return fired('start', asFollower({ term: 0, votedFor: null, log: emptyLog, snapshot }), startTimer('election'))
}

/** What was committed after the snapshot is learned again from the next leader, and applied again. */
export const recover = ({ config }: Server, disk: Durable): Move =>
  fired(
    'recover',
    asFollower(disk, config.checkQuorum ? { is: 'waiting' } : undefined),
    disk.snapshot.lastIndex > 0 ? restore(disk.snapshot.content) : [],
    startTimer('election')
  )

export const step = (self: Server, state: State, event: Happening): Move =>
  match(event)
    .returnType<Move>()
    .with({ type: 'deliver' }, ({ from, message }) => onDelivery(self, state, from, message))
    .with({ type: 'request' }, (asked) => onRequest(self, state, asked))
    .with({ type: 'timeout' }, ({ timer }) => onTimeout(self, state, timer))
    .with({ type: 'snapshot' }, (taken) => onSnapshot(self, state, taken))
    .exhaustive()

const onTimeout = (self: Server, state: State, timer: Timer): Move =>
  match(timer)
    .returnType<Move>()
    .with('election', () => (isLeading(state) ? onLeadersTimeout(self, state) : onSilence(self, state)))
    .with('heartbeat', () => onHeartbeatTimeout(self, state))
    .with('lease', () => onLeaseTimeout(state))
    .with('apply', () => onApplyTimeout(self, state))
    .with('write', () => onWriteTimeout(self, state))
    .exhaustive()

const onApplyTimeout = (self: Server, state: State): Move =>
  moved(
    'apply-more',
    andThen(applyCommitted(self, state, state.commitIndex), (applied) =>
      isLeading(applied) ? answerReads(self, applied) : { state: applied, effects: [] }
    )
  )

/** Clients are the leader's business (§8). */
const onRequest = (self: Server, state: State, asked: ClientRequest<Request>): Move => {
  const { id, request } = asked
  if (!isLeading(state))
    return fired('redirect-client', state, reply<Response>(id, { type: 'not-leader', leader: leaderOf(self, state) }))
  return match(request)
    .returnType<Move>()
    .with({ type: 'command' }, (command) => onCommand(self, state, { ...asked, request: command }))
    .with({ type: 'read' }, (read) => onRead(self, state, { ...asked, request: read }))
    .with({ type: 'transfer' }, (transfer) => onTransferRequest(self, state, id, transfer))
    .with({ type: 'change-membership' }, (change) => onChange(self, state, { ...asked, request: change }))
    .exhaustive()
}

/** "If RPC request or response contains term T > currentTerm: set currentTerm = T, convert to follower" (§5.1). */
const onDelivery = (self: Server, state: State, from: NodeId, message: Message): Move => {
  if (disturbs(self, state, message)) return stay('disregard-candidate', state)
  if (message.term <= state.term) return onMessage(self, state, from, message)
  const adopted = adoptTerm(state, message.term)
  if (!isRequest(message))
    // The term that the leader was heard in is over, the time that it may count on is not.
    return self.config.checkQuorum && hearsLeader(state) && !isLeading(state)
      ? fired('learn-newer-term', { ...adopted.state, role: { is: 'waiting' } })
      : moved('learn-newer-term', adopted)
  const { rule, ...change } = onMessage(self, adopted.state, from, message)
  return moved(
    rule,
    andThen(adopted, () => change)
  )
}

/** [Ongaro] §4.2.3: a candidate that others do not need can neither have a vote nor raise the term. */
const disturbs = ({ config }: Server, state: State, message: Message): boolean =>
  config.checkQuorum &&
  hearsLeader(state) &&
  (message.term > state.term || (state.role.is === 'waiting' && message.term === state.term)) &&
  (message.type === 'request-pre-vote' || (message.type === 'request-vote' && !message.transfer))

const requests: ReadonlyArray<Message['type']> = [
  ...(['request-vote', 'request-pre-vote'] as const),
  ...(['append-entries', 'install-snapshot', 'timeout-now'] as const)
]

const isRequest = ({ type }: Message): boolean => requests.includes(type)

/** A message of our term or of an earlier one. */
const onMessage = (self: Server, state: State, from: NodeId, message: Message): Move =>
  match(message)
    .returnType<Move>()
    .with({ type: 'append-entries' }, (request) =>
      fromLeader(state, from, request, () => onAppendEntries(self, state, from, request))
    )
    .with({ type: 'accepted' }, (answer) =>
      asLeader(state, from, answer, (leader, follower) => onAccepted(self, leader, follower, answer))
    )
    .with({ type: 'rejected' }, (answer) =>
      asLeader(state, from, answer, (leader, follower) => onRejected(self, leader, follower, answer))
    )
    .with({ type: 'install-snapshot' }, (request) =>
      fromLeader(state, from, request, () => onInstallSnapshot(state, from, request))
    )
    .with({ type: 'request-vote' }, (request) => onRequestVote(state, from, request))
    .with({ type: 'vote' }, (vote) => (vote.term < state.term ? tooLate(state) : onVote(self, state, from, vote)))
    .with({ type: 'request-pre-vote' }, (request) => onRequestPreVote(state, from, request))
    .with({ type: 'pre-vote' }, (vote) =>
      vote.term < state.term ? tooLate(state) : onPreVote(self, state, from, vote)
    )
    .with({ type: 'timeout-now', term: state.term }, () =>
      isLeading(state) ? tooLate(state) : onTimeoutNow(self, state)
    )
    .with({ type: 'timeout-now' }, { type: 'stale-term' }, () => tooLate(state))
    .exhaustive()

/** "1. Reply false if term < currentTerm." A leader that hears itself called to follow in its term hears an echo. */
const fromLeader = (state: State, from: NodeId, { term }: Message, act: () => Move): Move =>
  term < state.term
    ? fired('refuse-stale-leader', state, send<Message>(from, { type: 'stale-term', term: state.term }))
    : isLeading(state)
      ? tooLate(state)
      : act()

/** What nobody waits for any more. */
const tooLate = (state: State): Move => stay('ignore-stale-message', state)

const asLeader = (
  state: State,
  from: NodeId,
  { term }: Message,
  act: (leader: Leading, follower: Answering) => Move
): Move => {
  if (term < state.term || !isLeading(state)) return tooLate(state)
  const progress = state.role.followers[from]
  return progress === undefined ? tooLate(state) : act(state, { from, progress })
}
