/** The clauses of Raft, one by one, as [Raft] Fig. 2 has them: state, votes and elections. */
import { describe, expect, test } from '@jest/globals'
import { type Entry, raft } from '../spec/raft/index.ts'
import { appendAll, compact, emptyLog } from '../spec/kernel/index.ts'
import {
  beginning,
  accepted,
  answersAccepted,
  appendEntries,
  applies,
  as,
  candidate,
  clauses,
  deliver,
  follower,
  following,
  fromLeader,
  inOffice,
  leader,
  probing,
  requestVote,
  starts,
  stops,
  terms,
  timeout,
  toBoth,
  vote,
  votes
} from './support/raft.ts'

describe('[Raft] Fig. 2, State', () => {
  test('persistent: currentTerm, votedFor, log', () => {
    const state = leader({ term: 3, log: terms(1, 3), commitIndex: 2, lastApplied: 2 })
    expect(raft.durable(state)).toEqual({ term: 3, votedFor: 'n1', log: terms(1, 3), snapshot: beginning() })
  })
  test('on first boot the term is 0 and the log is empty', () =>
    expect(raft.initial(as())).toEqual({
      rule: 'start',
      state: follower({ term: 0 }),
      effects: [starts('election')]
    }))
  test('volatile: commitIndex and lastApplied begin at 0 again, and the server follows (§5.2)', () =>
    expect(raft.recover(as(), { term: 2, votedFor: 'n3', log: terms(1, 2), snapshot: beginning() })).toEqual({
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
      written: 2,
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

const five = beginning('n1', 'n2', 'n3', 'n4', 'n5')

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
        candidate({ snapshot: five }),
        vote('n2'),
        'count-vote',
        candidate({ snapshot: five, role: { is: 'candidate', votes: ['n1', 'n2'] } }),
        []
      ],
      [
        'of five servers, two are none, however often one votes',
        candidate({ snapshot: five, role: { is: 'candidate', votes: ['n1', 'n2'] } }),
        vote('n2'),
        'count-vote',
        candidate({ snapshot: five, role: { is: 'candidate', votes: ['n1', 'n2'] } }),
        []
      ]
    ],
    as()
  )

  clauses(
    [
      [
        'one server alone is a majority of one, and commits at once',
        follower({ term: 0, snapshot: beginning('n1') }),
        timeout('election'),
        'win-election',
        leader(
          {
            log: appendAll<Entry>(emptyLog, [{ type: 'noop', term: 1 }]),
            commitIndex: 1,
            lastApplied: 1,
            snapshot: beginning('n1')
          },
          { followers: {}, begun: 1 }
        ),
        inOffice
      ]
    ],
    as({ noop: true })
  )
})
