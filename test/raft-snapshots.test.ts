/** The clauses of log compaction, one by one: [Raft] §7 and Fig. 13, [Ongaro] ch. 5. */
import { describe, expect, test } from '@jest/globals'
import { appendAll, compact, emptyLog, type Log } from '../spec/kernel/index.ts'
import {
  raft,
  type Configuration,
  type Entry,
  type Happening,
  type Outward,
  type Progress,
  type Snapshot,
  type State
} from '../spec/raft/index.ts'
import {
  accepted,
  answersAccepted,
  appendEntries,
  applies,
  as,
  asks,
  clauses,
  deliver,
  entry,
  following,
  fromLeader,
  leader,
  prev,
  rejected,
  replicating,
  sends,
  starts,
  terms,
  timeout,
  voting
} from './support/raft.ts'

const upTo = (lastIndex: number, changed: Partial<Snapshot> = {}): Snapshot => ({
  lastIndex,
  lastTerm: 1,
  configuration: voting('n1', 'n2', 'n3'),
  content: `all up to ${lastIndex}`,
  ...changed
})
/** A server that has nothing but a snapshot, and what comes after it. */
const after = (snapshot: Snapshot, log: Log<Entry> = emptyLog): Partial<State> => ({
  snapshot,
  log: compact(log, snapshot.lastIndex),
  commitIndex: snapshot.lastIndex,
  lastApplied: snapshot.lastIndex
})
const applied = (count: number): Partial<State> => ({ commitIndex: count, lastApplied: count })

const brings = (index: number): Happening => ({ type: 'snapshot', index, content: `all up to ${index}` })
const asksFor = (index: number): Outward => ({ type: 'take-snapshot', index })
const restores = ({ content }: Snapshot): Outward => ({ type: 'restore', content })

const larger: Configuration = { voters: ['n1', 'n2', 'n3', 'n4'], outgoing: null, learners: [] }
const configured = (term: number): Entry => ({ type: 'configuration', term, configuration: larger })

describe('[Raft] §7, taking snapshots', () => {
  clauses(
    [
      [
        'once enough entries are applied, a snapshot is asked for',
        following({ log: terms(1, 1, 1), commitIndex: 1, lastApplied: 1 }),
        fromLeader({ prevLogIndex: 3, prevLogTerm: 1, leaderCommit: 3 }),
        'accept-heartbeat',
        following({ log: terms(1, 1, 1), ...applied(3), awaitsSnapshot: true }),
        [applies(2), applies(3), asksFor(3), ...answersAccepted(3)]
      ],
      [
        'one at a time',
        following({ log: terms(1, 1, 1), commitIndex: 2, lastApplied: 2, awaitsSnapshot: true }),
        fromLeader({ prevLogIndex: 3, prevLogTerm: 1, leaderCommit: 3 }),
        'accept-heartbeat',
        following({ log: terms(1, 1, 1), ...applied(3), awaitsSnapshot: true }),
        [applies(3), ...answersAccepted(3)]
      ],
      [
        'the entries it holds are forgotten; it knows the index and the term of the last of them',
        following({ term: 2, log: terms(1, 2, 2), ...applied(3), awaitsSnapshot: true }),
        brings(2),
        'compact-log',
        following({ term: 2, log: compact(terms(1, 2, 2), 2), ...applied(3), snapshot: upTo(2, { lastTerm: 2 }) }),
        []
      ],
      [
        'it "includes the latest configuration in the log as of last included index"',
        following({
          log: appendAll(terms(1), [configured(1), entry(1, 3)]),
          configurations: [{ index: 2, configuration: larger }],
          ...applied(3)
        }),
        brings(2),
        'compact-log',
        following({
          log: compact(terms(1, 1, 1), 2),
          ...applied(3),
          snapshot: upTo(2, { configuration: larger })
        }),
        []
      ],
      [
        'and not a later one',
        following({
          log: appendAll(terms(1), [configured(1)]),
          configurations: [{ index: 2, configuration: larger }],
          ...applied(2)
        }),
        brings(1),
        'compact-log',
        following({
          log: compact(appendAll(terms(1), [configured(1)]), 1),
          configurations: [{ index: 2, configuration: larger }],
          ...applied(2),
          snapshot: upTo(1)
        }),
        []
      ],
      [
        'one that comes after a newer one was installed is of no use',
        following({ ...after(upTo(3)), awaitsSnapshot: true }),
        brings(2),
        'ignore-old-snapshot',
        following(after(upTo(3))),
        []
      ]
    ],
    as({ snapshotEvery: 2 })
  )

  clauses(
    [
      [
        'some entries before it may be kept for followers that are a little behind',
        following({ log: terms(1, 1, 1), ...applied(3) }),
        brings(3),
        'compact-log',
        following({ log: compact(terms(1, 1, 1), 2), ...applied(3), snapshot: upTo(3) }),
        []
      ]
    ],
    as({ keep: 1 })
  )

  test('a server that restarts begins with its snapshot, and the configurations of what is left of its log', () => {
    const log = compact(appendAll(terms(1, 1), [configured(1)]), 2)
    expect(raft.recover(as(), { term: 1, votedFor: null, log, snapshot: upTo(2) })).toEqual({
      rule: 'recover',
      state: {
        ...following({ ...after(upTo(2)), log }),
        configurations: [{ index: 3, configuration: larger }],
        role: { is: 'follower', leader: null }
      },
      effects: [restores(upTo(2)), starts('election')]
    })
  })
})

const installs = (snapshot: Snapshot, term = 1): Happening =>
  deliver('n2', { type: 'install-snapshot', term, snapshot, round: 0 })

describe('[Raft] Fig. 13, InstallSnapshot RPC, receiver implementation', () => {
  clauses([
    [
      '1. reply immediately if term < currentTerm',
      following({ term: 2 }),
      installs(upTo(3)),
      'refuse-stale-leader',
      following({ term: 2 }),
      [sends('n2', { type: 'stale-term', term: 2 })]
    ],
    [
      '5. save snapshot, discard any with a smaller index; 8. reset state machine and load configuration',
      following(after(upTo(1))),
      installs(upTo(3, { configuration: larger })),
      'install-snapshot',
      following(after(upTo(3, { configuration: larger }))),
      [restores(upTo(3)), ...answersAccepted(3)]
    ],
    [
      '5. one that holds nothing new is not saved',
      following(after(upTo(3))),
      installs(upTo(2)),
      'ignore-known-snapshot',
      following(after(upTo(3))),
      answersAccepted(2)
    ],
    [
      '5. nor one of what is committed here as entries',
      following({ log: terms(1, 1, 1), ...applied(2) }),
      installs(upTo(2)),
      'ignore-known-snapshot',
      following({ log: terms(1, 1, 1), ...applied(2) }),
      answersAccepted(2)
    ],
    [
      '6. if existing log entry has same index and term as last included entry, retain what follows it',
      following({
        log: appendAll(terms(1, 1), [configured(1)]),
        configurations: [{ index: 3, configuration: larger }],
        ...applied(1)
      }),
      installs(upTo(2)),
      'install-snapshot-of-prefix',
      following({
        ...after(upTo(2), appendAll(terms(1, 1), [configured(1)])),
        configurations: [{ index: 3, configuration: larger }]
      }),
      [restores(upTo(2)), ...answersAccepted(2)]
    ],
    [
      '7. else discard the entire log, and with it the configurations in it',
      following({
        term: 2,
        log: appendAll(terms(1), [configured(1), entry(1, 3)]),
        configurations: [{ index: 2, configuration: larger }]
      }),
      installs(upTo(2, { lastTerm: 2 }), 2),
      'install-snapshot',
      following({ term: 2, ...after(upTo(2, { lastTerm: 2 })) }),
      [restores(upTo(2)), sends('n2', { type: 'accepted', term: 2, matchIndex: 2, round: 0 }), starts('election')]
    ],
    [
      'a leader that hears itself called to follow in its own term does not',
      leader(),
      installs(upTo(2)),
      'ignore-stale-message',
      leader(),
      []
    ]
  ])
})

describe('[Raft] §5.3 with a log that has forgotten its beginning', () => {
  const two = after(upTo(2), terms(1, 1, 1))
  clauses([
    [
      'the consistency check right after the snapshot is made with its term',
      following({ ...after(upTo(2)), term: 1 }),
      fromLeader({ prevLogIndex: 2, prevLogTerm: 1, entries: [entry(1, 3)] }),
      'append-entries',
      following(two),
      answersAccepted(3)
    ],
    [
      'entries that the snapshot holds are known, in an old request too',
      following(two),
      fromLeader({ entries: [entry(1, 1), entry(1, 2), entry(1, 3)] }),
      'accept-heartbeat',
      following(two),
      answersAccepted(3)
    ],
    [
      'of a request that begins before the snapshot, the rest is taken in',
      following(after(upTo(2))),
      fromLeader({ prevLogIndex: 1, prevLogTerm: 1, entries: [entry(1, 2), entry(1, 3)] }),
      'append-entries',
      following(two),
      answersAccepted(3)
    ],
    [
      'the term in conflict begins after the snapshot at the earliest',
      following({ ...after(upTo(2), terms(1, 1, 1, 1)), term: 2 }),
      fromLeader({ term: 2, prevLogIndex: 4, prevLogTerm: 2 }),
      'reject-conflict',
      following({ ...after(upTo(2), terms(1, 1, 1, 1)), term: 2 }),
      [sends('n2', { type: 'rejected', term: 2, prevLogIndex: 4, conflictIndex: 3, round: 0 }), starts('election')]
    ]
  ])
})

const installing = (next: number, match = 0): Progress => ({ is: 'installing', match, next, round: 0 })
const ships = (snapshot: Snapshot): Outward => sends('n2', { type: 'install-snapshot', term: 1, snapshot, round: 0 })
const probing = (next: number): Progress => ({ is: 'probing', match: 0, next, round: 0 })

describe('[Raft] §7, the leader sends snapshots', () => {
  const compacted = after(upTo(2), terms(1, 1, 1))
  const leading = (n2: Progress): State => leader(compacted, { followers: { n2, n3: replicating(2, 4) } })
  /** With an entry kept that the snapshot holds, too. */
  const kept = (n2: Progress): State =>
    leader({ ...after(upTo(3)), log: compact(terms(1, 1, 1), 1) }, { followers: { n2, n3: replicating(3) } })
  const alive = sends('n2', appendEntries())
  const toN3 = sends('n3', prev(2, { entries: [entry(1, 3)], leaderCommit: 2 }))
  clauses([
    [
      'when it has already discarded the next log entry that it needs to send',
      leading(probing(3)),
      rejected(2, 2),
      'back-up',
      leading(installing(3)),
      [ships(upTo(2))]
    ],
    [
      'or the term of the one before that',
      kept(probing(4)),
      rejected(3, 2),
      'back-up',
      kept(installing(4)),
      [ships(upTo(3))]
    ],
    [
      'not when the term before that entry is all that is needed',
      leading(probing(4)),
      rejected(3, 3),
      'back-up',
      leading(probing(3)),
      [sends('n2', prev(2, { entries: [entry(1, 3)], leaderCommit: 2 }))]
    ],
    [
      'while it is on its way, heartbeats say no more than that there is a leader',
      leading(installing(3)),
      timeout('heartbeat'),
      'send-heartbeats',
      leading(installing(3)),
      [alive, toN3, starts('heartbeat')]
    ],
    [
      'an answer to such a heartbeat tells nothing of the snapshot',
      leading(installing(3)),
      accepted(0),
      'ignore-old-reply',
      leading(installing(3)),
      []
    ],
    [
      'nor does an answer to entries from before it',
      leading(installing(3)),
      accepted(1),
      'note-match',
      leading(installing(3, 1)),
      []
    ],
    [
      'a rejection from before it is no news',
      leading(installing(3)),
      rejected(2, 1),
      'ignore-old-reply',
      leading(installing(3)),
      []
    ],
    [
      'once it is there, the entries after it follow',
      leading(installing(3)),
      accepted(2),
      'note-match',
      leading(replicating(2, 4)),
      [sends('n2', prev(2, { entries: [entry(1, 3)], leaderCommit: 2 }))]
    ],
    [
      'one that was not acknowledged in an election timeout may be lost: the next heartbeat asks',
      leading(installing(3)),
      timeout('election'),
      'stay-in-office',
      leading(probing(3)),
      [starts('election')]
    ],
    [
      'commands wait for it',
      leader(compacted, { followers: { n2: installing(3), n3: replicating(2, 6) } }),
      asks('x'),
      'append-command',
      leader(
        { ...compacted, log: appendAll(compact(terms(1, 1, 1), 2), [entry(1, 'x')]) },
        {
          followers: { n2: installing(3), n3: replicating(2, 6) },
          clients: appendAll<string | null>(compact(emptyLog, 3), ['r1'])
        }
      ),
      []
    ]
  ])
})
