/** What [Ongaro] adds to leadership: pre-vote, check-quorum, transfer, and reads that do not go through the log. */
import { describe } from '@jest/globals'
import { type Happening, type Message, type Outward, type Progress, type State } from '../spec/raft/index.ts'
import { type NodeId } from '../spec/kernel/index.ts'
import {
  accepted,
  appendEntries,
  applies,
  as,
  asks,
  candidate,
  clauses,
  deliver,
  follower,
  following,
  leader,
  probing,
  replicating,
  requestVote,
  sends,
  starts,
  stops,
  terms,
  timeout,
  toBoth,
  votes
} from './support/raft.ts'

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
        'stay-in-office',
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
