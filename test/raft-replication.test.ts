/** The clauses of Raft, one by one, as [Raft] Fig. 2 has them: replication and clients. */
import { describe, expect, test } from '@jest/globals'
import { raft, type Entry, type Leader, type Outward, type State } from '../spec/raft/index.ts'
import { appendAll, compact, emptyLog, type NodeId } from '../spec/kernel/index.ts'
import {
  accepted,
  answersAccepted,
  applies,
  as,
  asks,
  candidate,
  clauses,
  deliver,
  entry,
  follower,
  following,
  fromLeader,
  inOffice,
  leader,
  prev,
  probing,
  rejected,
  replicating,
  sends,
  starts,
  terms,
  timeout,
  toBoth,
  vote
} from './support/raft.ts'

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
    ['a leader waits for no election', leader(), timeout('election'), 'stay-in-office', leader(), [starts('election')]],
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
    ['there is no other leader in this term to follow', leader(), fromLeader(), 'ignore-stale-message', leader(), []],
    [
      'what a server says that is no follower says nothing',
      leader({ log: terms(1) }),
      accepted(1, 'n9'),
      'ignore-stale-message',
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

describe('[Ongaro] §10.2.1, writing to the disk of the leader in parallel', () => {
  const parallel = as({ parallelWrite: true })
  const x = entry(1, 'x')
  const log = appendAll<Entry>(terms(1), [x])
  const clients = appendAll(compact<string | null>(emptyLog, 1), ['r1'])
  const sent = { n2: replicating(1, 3), n3: replicating(1, 3) }
  const held = { n2: replicating(2), n3: replicating(1, 3) }
  const both = { n2: replicating(2), n3: replicating(2) }
  const known = { commitIndex: 1, lastApplied: 1 }
  const unwritten = (followers: Leader['followers'] = sent): State =>
    leader({ log, ...known }, { followers, clients, written: 1 })
  const committed = { log, commitIndex: 2, lastApplied: 2 }
  const applied: Outward = { type: 'apply', entry: { type: 'command', index: 2, command: 'x' }, request: 'r1' }

  clauses(
    [
      [
        'an entry is sent before it is written',
        leader({ log: terms(1), ...known }),
        asks('x'),
        'append-command',
        unwritten(),
        [starts('write'), ...toBoth(prev(1, { entries: [x], leaderCommit: 1 }))]
      ],
      [
        'the leader counts itself once it is written',
        unwritten(held),
        timeout('write'),
        'write-log',
        leader(committed, { followers: held, clients: compact(clients, 2), written: 2 }),
        [applied]
      ],
      [
        'a follower that has it is no majority with a leader that has not',
        unwritten(),
        accepted(2),
        'note-match',
        unwritten(held),
        []
      ],
      [
        'nor do followers commit without their leader what a crash of it takes back',
        unwritten(held),
        accepted(2, 'n3'),
        'note-match',
        unwritten(both),
        []
      ],
      [
        'what was written by itself is no majority',
        unwritten(),
        timeout('write'),
        'write-log',
        leader({ log, ...known }, { followers: sent, clients }),
        []
      ],
      ['a server that leads no longer has written it', following(), timeout('write'), 'ignore-timeout', following(), []]
    ],
    parallel
  )

  test('a crash takes back what is not written', () => expect(raft.durable(unwritten()).log).toEqual(terms(1)))
  test('who steps down writes it then', () => {
    const { state } = raft.step(parallel, unwritten(), deliver('n2', { type: 'stale-term', term: 2 }))
    expect(raft.durable(state).log).toEqual(log)
  })
  test('what follows in the log is written with it: a configuration is in force at once', () => {
    const wanted = { type: 'change-membership', voters: ['n1', 'n2', 'n3'], learners: ['n4'] } as const
    const of4 = as({ parallelWrite: true }, ['n1', 'n2', 'n3', 'n4'])
    const { state } = raft.step(of4, unwritten(), { type: 'request', id: 'r2', request: wanted })
    expect(raft.durable(state).log.last).toBe(3)
  })
})
