// Long because every clause of the paper is a row here, and the rows share one cast of states.
/** The clauses of Raft, one by one, as [Raft] Fig. 2 has them. */
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { appendAll, compact, emptyLog, entries, type Log, type NodeId } from '../spec/kernel/index.ts'
import {
  Durable,
  raft,
  type AppendEntries,
  type Config,
  type Entry,
  type Happening,
  type Leader,
  type Message,
  type Outward,
  type Progress,
  type RequestVote,
  type Rule,
  type Server,
  type State,
  type Timer
} from '../spec/raft/index.ts'

const config: Config = { noop: false, preVote: false, checkQuorum: false, reads: 'round', batch: 3, window: 3 }
const as = (changed: Partial<Config> = {}, nodes: ReadonlyArray<NodeId> = ['n1', 'n2', 'n3']): Server => ({
  id: 'n1',
  nodes,
  config: { ...config, ...changed }
})

/** A log with entries of these terms, whose commands are their indices. */
const terms = (...list: ReadonlyArray<number>): Log<Entry> =>
  appendAll<Entry>(
    emptyLog,
    list.map((term, offset) => ({ type: 'command', term, command: offset + 1 }))
  )
const entry = (term: number, command: unknown): Entry => ({ type: 'command', term, command })

const follower = (changed: Partial<State> = {}): State => ({
  term: 1,
  votedFor: null,
  log: emptyLog,
  commitIndex: 0,
  lastApplied: 0,
  role: { is: 'follower', leader: null },
  ...changed
})
const candidate = (changed: Partial<State> = {}): State =>
  follower({ votedFor: 'n1', role: { is: 'candidate', votes: ['n1'] }, ...changed })
const replicating = (match: number, next = match + 1): Progress => ({ is: 'replicating', match, next, round: 0 })
const probing = (next: number, match = 0): Progress => ({ is: 'probing', match, next, round: 0 })
const leader = (changed: Partial<State> = {}, role: Partial<Leader> = {}): State => {
  const log = changed.log ?? emptyLog
  return follower({
    votedFor: 'n1',
    ...changed,
    role: {
      is: 'leader',
      followers: { n2: replicating(log.last), n3: replicating(log.last) },
      clients: compact(emptyLog, log.last),
      begun: 0,
      heard: [],
      transferee: null,
      round: 0,
      reads: [],
      lease: 'off',
      ...role
    }
  })
}

const deliver = (from: NodeId, message: Message): Happening => ({ type: 'deliver', from, message })
const timeout = (timer: Timer): Happening => ({ type: 'timeout', timer })
const asks = (command: unknown, id = 'r1'): Happening => ({
  type: 'request',
  id,
  request: { type: 'command', command }
})
const requestVote = (changed: Partial<RequestVote> = {}): Happening =>
  deliver('n2', { type: 'request-vote', term: 1, lastLogIndex: 0, lastLogTerm: 0, transfer: false, ...changed })
const vote = (from: NodeId, granted = true, term = 1): Happening => deliver(from, { type: 'vote', term, granted })
const appendEntries = (changed: Partial<AppendEntries> = {}): AppendEntries => ({
  type: 'append-entries',
  term: 1,
  prevLogIndex: 0,
  prevLogTerm: 0,
  entries: [],
  leaderCommit: 0,
  round: 0,
  ...changed
})
const fromLeader = (changed: Partial<AppendEntries> = {}): Happening => deliver('n2', appendEntries(changed))
const accepted = (matchIndex: number, from = 'n2', term = 1): Happening =>
  deliver(from, { type: 'accepted', term, matchIndex, round: 0 })
const rejected = (prevLogIndex: number, conflictIndex: number): Happening =>
  deliver('n2', { type: 'rejected', term: 1, prevLogIndex, conflictIndex, round: 0 })

const sends = (to: NodeId, message: Message): Outward => ({ type: 'send', to, message })
const starts = (timer: Timer): Outward => ({ type: 'start-timer', timer })
const stops = (timer: Timer): Outward => ({ type: 'stop-timer', timer })
const applies = (index: number, request: string | null = null): Outward => ({
  type: 'apply',
  entry: { type: 'command', index, command: index },
  request
})
const votes = (granted: boolean, term = 1): Outward => sends('n2', { type: 'vote', term, granted })

type Clause = readonly [
  clause: string,
  state: State,
  event: Happening,
  rule: Rule,
  after: State,
  effects: ReadonlyArray<Outward>
]
const clauses = (table: ReadonlyArray<Clause>, self = as()) =>
  test.each(table)('%s', (_clause, state, event, rule, after, effects) =>
    expect(raft.step(self, state, event)).toEqual({ rule, state: after, effects })
  )

describe('[Raft] Fig. 2, State', () => {
  test('persistent: currentTerm, votedFor, log', () => {
    const state = leader({ term: 3, log: terms(1, 3), commitIndex: 2, lastApplied: 2 })
    expect(raft.durable(state)).toEqual({ term: 3, votedFor: 'n1', log: terms(1, 3) })
  })
  test('on first boot the term is 0 and the log is empty', () =>
    expect(raft.initial(as())).toEqual({
      rule: 'start',
      state: follower({ term: 0 }),
      effects: [starts('election')]
    }))
  test('volatile: commitIndex and lastApplied begin at 0 again, and the server follows (§5.2)', () =>
    expect(raft.recover(as(), { term: 2, votedFor: 'n3', log: terms(1, 2) })).toEqual({
      rule: 'recover',
      state: follower({ term: 2, votedFor: 'n3', log: terms(1, 2) }),
      effects: [starts('election')]
    }))
  test('on leaders: nextIndex begins at last log index + 1, matchIndex at 0', () => {
    const { state } = raft.step(as(), candidate({ log: terms(1, 1) }), vote('n2'))
    expect(state.role).toEqual({
      is: 'leader',
      followers: { n2: probing(3), n3: probing(3) },
      clients: compact(emptyLog, 2),
      begun: 2,
      heard: [],
      transferee: null,
      round: 0,
      reads: [],
      lease: 'off'
    })
  })
})

describe('[Raft] Fig. 2, RequestVote RPC, receiver implementation', () => {
  clauses([
    [
      '1. reply false if term < currentTerm',
      follower({ term: 2 }),
      requestVote(),
      'deny-stale-candidate',
      follower({ term: 2 }),
      [votes(false, 2)]
    ],
    [
      '2. if votedFor is null, grant vote',
      follower(),
      requestVote(),
      'grant-vote',
      follower({ votedFor: 'n2' }),
      [votes(true), starts('election')]
    ],
    [
      '2. if votedFor is the candidate, grant it again',
      follower({ votedFor: 'n2' }),
      requestVote(),
      'grant-vote',
      follower({ votedFor: 'n2' }),
      [votes(true), starts('election')]
    ],
    [
      '2. if votedFor is another, refuse',
      follower({ votedFor: 'n3' }),
      requestVote(),
      'deny-already-voted',
      follower({ votedFor: 'n3' }),
      [votes(false)]
    ],
    [
      '2. a candidate has voted for itself',
      candidate(),
      requestVote(),
      'deny-already-voted',
      candidate(),
      [votes(false)]
    ],
    [
      '2. §5.4.1: a log that ends in an earlier term is not up to date, however long',
      follower({ term: 3, log: terms(2) }),
      requestVote({ term: 3, lastLogIndex: 5, lastLogTerm: 1 }),
      'deny-outdated-log',
      follower({ term: 3, log: terms(2) }),
      [votes(false, 3)]
    ],
    [
      '2. §5.4.1: of two logs that end in the same term the shorter is not up to date',
      follower({ log: terms(1, 1) }),
      requestVote({ lastLogIndex: 1, lastLogTerm: 1 }),
      'deny-outdated-log',
      follower({ log: terms(1, 1) }),
      [votes(false)]
    ],
    [
      '2. §5.4.1: a log that ends in a later term is up to date, however short',
      follower({ term: 3, log: terms(1, 1) }),
      requestVote({ term: 3, lastLogIndex: 1, lastLogTerm: 2 }),
      'grant-vote',
      follower({ term: 3, votedFor: 'n2', log: terms(1, 1) }),
      [votes(true, 3), starts('election')]
    ]
  ])
})

const answersAccepted = (matchIndex: number): ReadonlyArray<Outward> => [
  sends('n2', { type: 'accepted', term: 1, matchIndex, round: 0 }),
  starts('election')
]
const following = (changed: Partial<State> = {}): State =>
  follower({ role: { is: 'follower', leader: 'n2' }, ...changed })

describe('[Raft] Fig. 2, AppendEntries RPC, receiver implementation', () => {
  clauses([
    [
      '1. reply false if term < currentTerm',
      follower({ term: 2 }),
      fromLeader(),
      'refuse-stale-leader',
      follower({ term: 2 }),
      [sends('n2', { type: 'stale-term', term: 2 })]
    ],
    [
      '2. reply false if log does not contain an entry at prevLogIndex',
      following({ log: terms(1) }),
      fromLeader({ prevLogIndex: 3, prevLogTerm: 1 }),
      'reject-gap',
      following({ log: terms(1) }),
      [sends('n2', { type: 'rejected', term: 1, prevLogIndex: 3, conflictIndex: 2, round: 0 }), starts('election')]
    ],
    [
      '2. reply false if the entry at prevLogIndex has another term, and say where that term begins (§5.3)',
      following({ term: 4, log: terms(1, 2, 2, 2, 3) }),
      fromLeader({ term: 4, prevLogIndex: 4, prevLogTerm: 4 }),
      'reject-conflict',
      following({ term: 4, log: terms(1, 2, 2, 2, 3) }),
      [sends('n2', { type: 'rejected', term: 4, prevLogIndex: 4, conflictIndex: 2, round: 0 }), starts('election')]
    ],
    [
      '3. if an existing entry conflicts with a new one, delete it and all that follow',
      following({ term: 3, log: terms(1, 2, 2, 2) }),
      fromLeader({ term: 3, prevLogIndex: 1, prevLogTerm: 1, entries: [entry(2, 2), entry(3, 'new')] }),
      'replace-conflicting-entries',
      following({ term: 3, log: appendAll(terms(1, 2), [entry(3, 'new')]) }),
      [sends('n2', { type: 'accepted', term: 3, matchIndex: 3, round: 0 }), starts('election')]
    ],
    [
      '3. if nothing conflicts, nothing is deleted: the request may be an old one',
      following({ log: terms(1, 1, 1) }),
      fromLeader({ prevLogIndex: 0, entries: [entry(1, 1)] }),
      'accept-heartbeat',
      following({ log: terms(1, 1, 1) }),
      answersAccepted(1)
    ],
    [
      '4. append any new entries not already in the log',
      following({ log: terms(1, 1) }),
      fromLeader({ prevLogIndex: 1, prevLogTerm: 1, entries: [entry(1, 2), entry(1, 3)] }),
      'append-entries',
      following({ log: terms(1, 1, 1) }),
      answersAccepted(3)
    ],
    [
      '5. if leaderCommit > commitIndex, commitIndex = leaderCommit, and what is committed is applied',
      following({ log: terms(1, 1) }),
      fromLeader({ prevLogIndex: 2, prevLogTerm: 1, leaderCommit: 2 }),
      'accept-heartbeat',
      following({ log: terms(1, 1), commitIndex: 2, lastApplied: 2 }),
      [applies(1), applies(2), ...answersAccepted(2)]
    ],
    [
      '5. commitIndex goes no further than the last new entry: what follows may not be the leader’s',
      following({ log: terms(1, 1) }),
      fromLeader({ prevLogIndex: 1, prevLogTerm: 1, leaderCommit: 2 }),
      'accept-heartbeat',
      following({ log: terms(1, 1), commitIndex: 1, lastApplied: 1 }),
      [applies(1), ...answersAccepted(1)]
    ],
    [
      '5. commitIndex never falls',
      following({ log: terms(1, 1), commitIndex: 2, lastApplied: 2 }),
      fromLeader({ prevLogIndex: 1, prevLogTerm: 1, leaderCommit: 1 }),
      'accept-heartbeat',
      following({ log: terms(1, 1), commitIndex: 2, lastApplied: 2 }),
      answersAccepted(1)
    ]
  ])
})

describe('[Raft] Fig. 2, Rules for Servers: All Servers', () => {
  clauses([
    [
      'if commitIndex > lastApplied, apply, a batch at a time',
      following({ log: terms(1, 1, 1, 1), commitIndex: 4, lastApplied: 0 }),
      timeout('apply'),
      'apply-more',
      following({ log: terms(1, 1, 1, 1), commitIndex: 4, lastApplied: 3 }),
      [applies(1), applies(2), applies(3), starts('apply')]
    ],
    [
      'if a request contains term T > currentTerm, set currentTerm = T, convert to follower, and take it in',
      leader({ log: terms(1) }),
      requestVote({ term: 2, lastLogIndex: 1, lastLogTerm: 1 }),
      'grant-vote',
      follower({ term: 2, votedFor: 'n2', log: terms(1) }),
      [stops('heartbeat'), starts('election'), votes(true, 2), starts('election')]
    ],
    [
      'a candidate of an older term refuses a request of a newer one, but not the term',
      candidate({ log: terms(1) }),
      requestVote({ term: 2 }),
      'deny-outdated-log',
      follower({ term: 2, log: terms(1) }),
      [votes(false, 2)]
    ],
    [
      'if a response contains term T > currentTerm, set currentTerm = T, convert to follower',
      leader(),
      deliver('n2', { type: 'stale-term', term: 3 }),
      'learn-newer-term',
      follower({ term: 3 }),
      [stops('heartbeat'), starts('election')]
    ],
    [
      'an answer of an older term says nothing',
      candidate({ term: 2 }),
      vote('n2'),
      'ignore-stale-message',
      candidate({ term: 2 }),
      []
    ],
    ['an answer to who leads no more says nothing', following(), accepted(1), 'ignore-stale-message', following(), []],
    [
      'that a term is over is no news in that term',
      follower({ term: 3 }),
      deliver('n2', { type: 'stale-term', term: 3 }),
      'ignore-stale-message',
      follower({ term: 3 }),
      []
    ]
  ])
})

const toBoth = (message: Message): ReadonlyArray<Outward> => [sends('n2', message), sends('n3', message)]
const inOffice = [starts('heartbeat'), starts('election')]

describe('[Raft] Fig. 2, Rules for Servers: Followers and Candidates', () => {
  clauses([
    [
      'if election timeout elapses, convert to candidate: increment currentTerm, vote for self, ask all others',
      following({ term: 2, log: terms(1, 2) }),
      timeout('election'),
      'start-election',
      candidate({ term: 3, log: terms(1, 2) }),
      [
        ...toBoth({ type: 'request-vote', term: 3, lastLogIndex: 2, lastLogTerm: 2, transfer: false }),
        starts('election')
      ]
    ],
    [
      'if election timeout elapses again, start a new election',
      candidate({ term: 2 }),
      timeout('election'),
      'start-election',
      candidate({ term: 3 }),
      [
        ...toBoth({ type: 'request-vote', term: 3, lastLogIndex: 0, lastLogTerm: 0, transfer: false }),
        starts('election')
      ]
    ],
    [
      'if votes received from majority, become leader, and say so',
      candidate({ log: terms(1) }),
      vote('n3'),
      'win-election',
      leader({ log: terms(1) }, { followers: { n2: probing(2), n3: probing(2) }, begun: 1 }),
      [...inOffice, ...toBoth(appendEntries({ prevLogIndex: 1, prevLogTerm: 1 }))]
    ],
    ['a refusal counts for nothing', candidate(), vote('n2', false), 'ignore-refusal', candidate(), []],
    ['a vote after the election counts for nothing', leader(), vote('n3'), 'ignore-vote', leader(), []],
    [
      'if AppendEntries received from new leader, convert to follower',
      candidate(),
      fromLeader(),
      'accept-heartbeat',
      following({ votedFor: 'n1' }),
      answersAccepted(0)
    ],
    ['a follower sends no heartbeats', following(), timeout('heartbeat'), 'ignore-timeout', following(), []]
  ])

  clauses(
    [
      [
        'of five servers, three are a majority',
        candidate(),
        vote('n2'),
        'count-vote',
        candidate({ role: { is: 'candidate', votes: ['n1', 'n2'] } }),
        []
      ],
      [
        'of five servers, two are none, however often one votes',
        candidate({ role: { is: 'candidate', votes: ['n1', 'n2'] } }),
        vote('n2'),
        'count-vote',
        candidate({ role: { is: 'candidate', votes: ['n1', 'n2'] } }),
        []
      ]
    ],
    as({}, ['n1', 'n2', 'n3', 'n4', 'n5'])
  )

  clauses(
    [
      [
        'one server alone is a majority of one, and commits at once',
        follower({ term: 0 }),
        timeout('election'),
        'win-election',
        leader(
          { log: appendAll<Entry>(emptyLog, [{ type: 'noop', term: 1 }]), commitIndex: 1, lastApplied: 1 },
          { followers: {}, begun: 1 }
        ),
        inOffice
      ]
    ],
    as({ noop: true }, ['n1'])
  )
})

const prev = (index: number, changed: Partial<AppendEntries> = {}) =>
  appendEntries({ prevLogIndex: index, prevLogTerm: index === 0 ? 0 : 1, ...changed })

describe('[Raft] Fig. 2, Rules for Servers: Leaders', () => {
  clauses([
    [
      'repeat heartbeats during idle periods, and with them what was not acknowledged',
      leader(
        { log: terms(1, 1), commitIndex: 1, lastApplied: 1 },
        { followers: { n2: replicating(2), n3: replicating(1, 3) } }
      ),
      timeout('heartbeat'),
      'send-heartbeats',
      leader(
        { log: terms(1, 1), commitIndex: 1, lastApplied: 1 },
        { followers: { n2: replicating(2), n3: replicating(1, 3) } }
      ),
      [
        sends('n2', prev(2, { leaderCommit: 1 })),
        sends('n3', prev(1, { entries: [entry(1, 2)], leaderCommit: 1 })),
        starts('heartbeat')
      ]
    ],
    ['a leader waits for no election', leader(), timeout('election'), 'ignore-timeout', leader(), [starts('election')]],
    [
      'if command received, append entry to local log, and send it to those that are ready',
      leader({ log: terms(1), commitIndex: 1, lastApplied: 1 }, { followers: { n2: replicating(1), n3: probing(2) } }),
      asks(2),
      'append-command',
      leader(
        { log: terms(1, 1), commitIndex: 1, lastApplied: 1 },
        {
          followers: { n2: replicating(1, 3), n3: probing(2) },
          clients: appendAll<string | null>(compact(emptyLog, 1), ['r1'])
        }
      ),
      [sends('n2', prev(1, { entries: [entry(1, 2)], leaderCommit: 1 }))]
    ],
    [
      'with the window full, entries wait',
      leader({ log: terms(1, 1, 1) }, { followers: { n2: replicating(0, 4), n3: replicating(0, 4) } }),
      asks(4),
      'append-command',
      leader(
        { log: terms(1, 1, 1, 1) },
        {
          followers: { n2: replicating(0, 4), n3: replicating(0, 4) },
          clients: appendAll<string | null>(compact(emptyLog, 3), ['r1'])
        }
      ),
      []
    ],
    [
      'respond after entry applied to state machine',
      leader(
        { log: terms(1, 1) },
        {
          followers: { n2: replicating(1, 3), n3: replicating(1, 3) },
          clients: appendAll<string | null>(compact(emptyLog, 1), ['r1'])
        }
      ),
      accepted(2),
      'commit',
      leader(
        { log: terms(1, 1), commitIndex: 2, lastApplied: 2 },
        { followers: { n2: replicating(2), n3: replicating(1, 3) }, clients: compact(emptyLog, 2) }
      ),
      [applies(1), applies(2, 'r1')]
    ],
    [
      'if last log index >= nextIndex, send entries starting at nextIndex, a batch at a time',
      leader({ log: terms(1, 1, 1, 1, 1) }, { followers: { n2: probing(1), n3: probing(1) } }),
      accepted(1),
      'commit',
      leader(
        { log: terms(1, 1, 1, 1, 1), commitIndex: 1, lastApplied: 1 },
        { followers: { n2: replicating(1, 5), n3: probing(1) }, clients: compact(emptyLog, 5) }
      ),
      [applies(1), sends('n2', prev(1, { entries: [entry(1, 2), entry(1, 3), entry(1, 4)], leaderCommit: 1 }))]
    ],
    [
      'if successful, update nextIndex and matchIndex',
      leader({ term: 2, log: terms(1, 1) }, { followers: { n2: probing(3), n3: probing(3) } }),
      accepted(2, 'n2', 2),
      'note-match',
      leader({ term: 2, log: terms(1, 1) }, { followers: { n2: replicating(2), n3: probing(3) } }),
      []
    ],
    [
      'an answer that comes late or twice is no news',
      leader({ log: terms(1, 1) }),
      accepted(1),
      'ignore-old-reply',
      leader({ log: terms(1, 1) }),
      []
    ],
    [
      'if AppendEntries fails because of log inconsistency, decrement nextIndex and retry',
      leader({ log: terms(1, 1, 1) }, { followers: { n2: probing(4), n3: probing(4) } }),
      rejected(3, 2),
      'back-up',
      leader({ log: terms(1, 1, 1) }, { followers: { n2: probing(2), n3: probing(4) } }),
      [sends('n2', prev(1, { entries: [entry(1, 2), entry(1, 3)] }))]
    ],
    [
      'a message between was lost: what follows the last match is sent again',
      leader({ log: terms(1, 1, 1) }, { followers: { n2: replicating(1, 4), n3: replicating(3) } }),
      rejected(2, 2),
      'back-up',
      leader({ log: terms(1, 1, 1) }, { followers: { n2: probing(2, 1), n3: replicating(3) } }),
      [sends('n2', prev(1, { entries: [entry(1, 2), entry(1, 3)] }))]
    ],
    [
      'a rejection of what was sent before the last back-up is no news',
      leader({ log: terms(1, 1, 1) }, { followers: { n2: probing(2), n3: probing(4) } }),
      rejected(3, 2),
      'ignore-old-reply',
      leader({ log: terms(1, 1, 1) }, { followers: { n2: probing(2), n3: probing(4) } }),
      []
    ],
    [
      'a rejection of what has matched since is no news',
      leader({ log: terms(1, 1, 1) }),
      rejected(3, 2),
      'ignore-old-reply',
      leader({ log: terms(1, 1, 1) }),
      []
    ],
    [
      '§5.4.2: an entry of an earlier term is not committed by counting',
      leader({ term: 2, log: terms(1, 2) }, { followers: { n2: probing(1), n3: probing(1) } }),
      accepted(1, 'n2', 2),
      'note-match',
      leader(
        { term: 2, log: terms(1, 2) },
        { followers: { n2: replicating(1, 3), n3: probing(1) }, clients: compact(emptyLog, 2) }
      ),
      [sends('n2', prev(1, { term: 2, entries: [entry(2, 2)] }))]
    ],
    [
      '§5.4.2: it is committed with the first entry of the own term',
      leader({ term: 2, log: terms(1, 2) }, { followers: { n2: replicating(1, 3), n3: probing(1) } }),
      accepted(2, 'n2', 2),
      'commit',
      leader(
        { term: 2, log: terms(1, 2), commitIndex: 2, lastApplied: 2 },
        { followers: { n2: replicating(2), n3: probing(1) }, clients: compact(emptyLog, 2) }
      ),
      [applies(1), applies(2)]
    ],
    ['there is no other leader in this term', leader(), fromLeader(), 'ignore-second-leader', leader(), []],
    [
      'what a server says that is no follower says nothing',
      leader({ log: terms(1) }),
      accepted(1, 'n9'),
      'ignore-old-reply',
      leader({ log: terms(1) }),
      []
    ]
  ])

  clauses(
    [
      [
        '[Ongaro] §6.4: a leader begins its term with a no-op',
        candidate({ term: 2, log: terms(1) }),
        vote('n2', true, 2),
        'win-election',
        leader(
          { term: 2, log: appendAll<Entry>(terms(1), [{ type: 'noop', term: 2 }]) },
          { followers: { n2: probing(2), n3: probing(2) }, clients: compact(emptyLog, 2), begun: 2 }
        ),
        [...inOffice, ...toBoth(prev(1, { term: 2, entries: [{ type: 'noop', term: 2 }] }))]
      ]
    ],
    as({ noop: true })
  )
})

describe('[Raft] §8, client interaction', () => {
  const redirects = (to: NodeId | null): Outward => ({
    type: 'reply',
    id: 'r1',
    response: { type: 'not-leader', leader: to }
  })
  clauses([
    [
      'a follower names the leader that it heard of',
      following(),
      asks('x'),
      'redirect-client',
      following(),
      [redirects('n2')]
    ],
    ['a candidate knows of none', candidate(), asks('x'), 'redirect-client', candidate(), [redirects(null)]]
  ])
})

const preCandidate = (changed: Partial<State> = {}): State =>
  follower({ role: { is: 'pre-candidate', votes: ['n1'] }, ...changed })
const asksAround = (term = 1): Happening =>
  deliver('n2', { type: 'request-pre-vote', term, lastLogIndex: 0, lastLogTerm: 0 })
const preVote = (granted: boolean, term = 1): Message => ({ type: 'pre-vote', term, granted })

describe('[Ongaro] §9.6, Pre-Vote', () => {
  clauses(
    [
      [
        'before it stands for election, a server asks whether it could win, in its old term',
        following(),
        timeout('election'),
        'ask-around',
        preCandidate(),
        [...toBoth({ type: 'request-pre-vote', term: 1, lastLogIndex: 0, lastLogTerm: 0 }), starts('election')]
      ],
      [
        'it stands once a majority would vote for it',
        preCandidate(),
        deliver('n2', preVote(true)),
        'start-election',
        candidate({ term: 2 }),
        [
          ...toBoth({ type: 'request-vote', term: 2, lastLogIndex: 0, lastLogTerm: 0, transfer: false }),
          starts('election')
        ]
      ],
      [
        'who hears no leader would vote, and is not bound',
        follower(),
        asksAround(),
        'grant-pre-vote',
        follower(),
        [sends('n2', preVote(true))]
      ],
      [
        'who hears a leader would not',
        following(),
        asksAround(),
        'deny-pre-vote',
        following(),
        [sends('n2', preVote(false))]
      ],
      [
        'who has a more up-to-date log would not',
        follower({ log: terms(1) }),
        asksAround(),
        'deny-pre-vote',
        follower({ log: terms(1) }),
        [sends('n2', preVote(false))]
      ],
      [
        'who is in a later term says so',
        follower({ term: 2 }),
        asksAround(),
        'deny-pre-vote',
        follower({ term: 2 }),
        [sends('n2', preVote(false, 2))]
      ]
    ],
    as({ preVote: true })
  )
})

describe('[Ongaro] §6.2 and §4.2.3, a leader and its quorum', () => {
  clauses(
    [
      [
        '§6.2: a leader steps down if an election timeout elapses without a majority',
        leader(),
        timeout('election'),
        'step-down-unheard',
        follower({ votedFor: 'n1' }),
        [stops('heartbeat'), starts('election')]
      ],
      [
        '§6.2: one that was answered stays',
        leader({}, { heard: ['n2'] }),
        timeout('election'),
        'hear-quorum',
        leader(),
        [starts('election')]
      ],
      [
        '§6.2: an answer counts, whatever it says',
        leader(),
        accepted(0, 'n3'),
        'note-contact',
        leader({}, { heard: ['n3'] }),
        []
      ],
      [
        '§4.2.3: who hears a leader gives no vote and keeps its term',
        following(),
        requestVote({ term: 2 }),
        'disregard-candidate',
        following(),
        []
      ],
      [
        '§4.2.3: unless the leader itself wants the election',
        following(),
        requestVote({ term: 2, transfer: true }),
        'grant-vote',
        follower({ term: 2, votedFor: 'n2' }),
        [votes(true, 2), starts('election')]
      ]
    ],
    as({ checkQuorum: true })
  )
})

const asksTransfer = (to: NodeId): Happening => ({ type: 'request', id: 'r1', request: { type: 'transfer', to } })
const transferring: Outward = { type: 'reply', id: 'r1', response: { type: 'transferring', to: 'n2' } }
const timeoutNow = sends('n2', { type: 'timeout-now', term: 1 })
const leaving = { transferee: 'n2', lease: 'forsworn' } as const

describe('[Ongaro] §3.10, leadership transfer', () => {
  clauses([
    [
      'a server with all entries is told to stand at once',
      leader(),
      asksTransfer('n2'),
      'begin-transfer',
      leader({}, leaving),
      [transferring, timeoutNow]
    ],
    [
      'one that lacks some is brought up to date first',
      leader({ log: terms(1) }, { ...leaving, followers: { n2: probing(1), n3: probing(1) } }),
      accepted(1),
      'commit',
      leader(
        { log: terms(1), commitIndex: 1, lastApplied: 1 },
        { ...leaving, followers: { n2: replicating(1), n3: probing(1) } }
      ),
      [applies(1), timeoutNow]
    ],
    [
      'meanwhile the leader takes no commands',
      leader({}, leaving),
      asks('x'),
      'refuse-in-transfer',
      leader({}, leaving),
      [transferring]
    ],
    [
      'after an election timeout it goes on as before, but for leases',
      leader({}, leaving),
      timeout('election'),
      'abandon-transfer',
      leader({}, { lease: 'forsworn' }),
      [starts('election')]
    ],
    [
      'TimeoutNow starts an election at once',
      following(),
      deliver('n2', { type: 'timeout-now', term: 1 }),
      'start-election-at-once',
      candidate({ term: 2 }),
      [
        ...toBoth({ type: 'request-vote', term: 2, lastLogIndex: 0, lastLogTerm: 0, transfer: true }),
        starts('election')
      ]
    ]
  ])
})

const asksRead: Happening = { type: 'request', id: 'r1', request: { type: 'read', query: 'q' } }
const read = (round: number, index = 0) => ({ id: 'r1', query: 'q', index, round })
const answersRead: Outward = { type: 'apply', entry: { type: 'query', query: 'q' }, request: 'r1' }
const inRound = (round: number): Outward => sends('n2', appendEntries({ round }))
const confirms = (round: number): Happening => deliver('n2', { type: 'accepted', term: 1, matchIndex: 0, round })
const reached = (round: number): Progress => ({ ...replicating(0), round })

describe('[Ongaro] §6.4, reads that do not go through the log', () => {
  clauses([
    [
      'a read begins a round of heartbeats',
      leader(),
      asksRead,
      'begin-round',
      leader({}, { round: 1, reads: [read(1)] }),
      [inRound(1), sends('n3', appendEntries({ round: 1 }))]
    ],
    [
      'one that comes while a round is under way waits for the next',
      leader({}, { round: 1 }),
      asksRead,
      'await-round',
      leader({}, { round: 1, reads: [read(2)] }),
      []
    ],
    [
      'a majority that answers the round shows that we lead',
      leader({}, { round: 1, reads: [read(1)] }),
      confirms(1),
      'note-contact',
      leader({}, { round: 1, followers: { n2: reached(1), n3: replicating(0) } }),
      [answersRead]
    ],
    [
      'an answer to an earlier round shows nothing',
      leader({}, { round: 1, reads: [read(1)] }),
      confirms(0),
      'ignore-old-reply',
      leader({}, { round: 1, reads: [read(1)] }),
      []
    ],
    [
      'what the leader took over must be applied first',
      leader({}, { round: 1, reads: [read(1, 1)] }),
      confirms(1),
      'note-contact',
      leader({}, { round: 1, reads: [read(1, 1)], followers: { n2: reached(1), n3: replicating(0) } }),
      []
    ]
  ])
  const held = { round: 1, lease: 'on', followers: { n2: reached(1), n3: replicating(0) } } as const
  clauses(
    [
      [
        '§6.4.1: with a lease the answer comes at once',
        leader({}, held),
        asksRead,
        'read-by-lease',
        leader({}, held),
        [answersRead]
      ],
      [
        '§6.4.1: the lease ends with its timer',
        leader({}, held),
        timeout('lease'),
        'lease-ends',
        leader({}, { ...held, lease: 'off' }),
        []
      ],
      [
        '§6.4.1: no lease before the round that began it is answered',
        leader({}, { ...held, round: 2 }),
        asksRead,
        'await-round',
        leader({}, { ...held, round: 2, reads: [read(3)] }),
        []
      ]
    ],
    as({ checkQuorum: true, reads: 'lease' })
  )
})

// Totality -------------------------------------------------------------------------------------------------------------

const arbitraryTerm = fc.integer({ min: 1, max: 4 })
const arbitraryIndex = fc.integer({ min: 0, max: 4 })
const arbitraryLog = fc.array(arbitraryTerm, { maxLength: 4 }).map((list) => terms(...list.toSorted((a, b) => a - b)))
const arbitraryProgress: fc.Arbitrary<Progress> = fc
  .tuple(fc.constantFrom('probing' as const, 'replicating' as const), arbitraryIndex, arbitraryIndex)
  .map(([is, match, ahead]) => ({ is, match, next: match + 1 + ahead, round: 0 }))
const arbitraryState: fc.Arbitrary<State> = fc
  .record({
    log: arbitraryLog,
    above: fc.integer({ min: 0, max: 2 }),
    known: arbitraryIndex,
    role: fc.oneof(
      fc.constantFrom(null, 'n2').map((of) => follower({ role: { is: 'follower', leader: of } })),
      fc.constant(candidate()),
      fc.tuple(arbitraryProgress, arbitraryProgress).map(([n2, n3]) => leader({}, { followers: { n2, n3 } }))
    )
  })
  .map(({ log, above, known, role }) => {
    const commitIndex = Math.min(log.last, known)
    const clients = compact(emptyLog, log.last)
    return {
      ...role,
      term: Math.max(1, (entries(log).at(-1)?.term ?? 0) + above),
      log,
      commitIndex,
      lastApplied: commitIndex,
      role: role.role.is === 'leader' ? { ...role.role, clients } : role.role
    }
  })
const arbitraryMessage: fc.Arbitrary<Message> = fc
  .tuple(arbitraryTerm, arbitraryIndex, arbitraryIndex, fc.boolean(), arbitraryLog)
  .chain(([term, one, other, granted, log]) =>
    fc.constantFrom<Message>(
      { type: 'request-vote', term, lastLogIndex: one, lastLogTerm: other, transfer: granted },
      { type: 'vote', term, granted },
      {
        type: 'append-entries',
        term,
        prevLogIndex: one,
        prevLogTerm: other,
        entries: entries(log),
        leaderCommit: other,
        round: other
      },
      { type: 'accepted', term, matchIndex: one, round: other },
      { type: 'rejected', term, prevLogIndex: one + 1, conflictIndex: Math.min(one, other) + 1, round: other },
      { type: 'stale-term', term },
      { type: 'request-pre-vote', term, lastLogIndex: one, lastLogTerm: other },
      { type: 'pre-vote', term, granted },
      { type: 'timeout-now', term }
    )
  )
const arbitraryEvent: fc.Arbitrary<Happening> = fc.oneof(
  fc.tuple(fc.constantFrom('n2', 'n3', 'n9'), arbitraryMessage).map(([from, message]) => deliver(from, message)),
  fc.constantFrom(...raft.timers).map(timeout),
  fc.constantFrom('x', 'y').map((command) => asks(command))
)

test('every event in every state has a declared rule, and what comes of it decodes', () =>
  fc.assert(
    fc.property(arbitraryState, arbitraryEvent, (state, event) => {
      const { rule, state: after, effects } = raft.step(as(), state, event)
      expect(raft.rules).toContain(rule)
      expect(Durable.is(raft.durable(after))).toBe(true)
      for (const effect of effects)
        if (effect.type === 'send') expect(raft.codecs.message.is(effect.message)).toBe(true)
      expect(after.lastApplied).toBeLessThanOrEqual(after.commitIndex)
    }),
    { numRuns: 1000 }
  ))
