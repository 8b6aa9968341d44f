/** The clauses of membership changes, one by one: [Raft] §6, [Ongaro] ch. 4. */
import { describe, expect, test } from '@jest/globals'
import { append, appendAll, compact, emptyLog, type Log, type NodeId } from '../spec/kernel/index.ts'
import {
  latest,
  raft,
  votersOf,
  type Configuration,
  type Entry,
  type Happening,
  type Leader,
  type Outward,
  type State
} from '../spec/raft/index.ts'
import {
  accepted,
  answersAccepted,
  as,
  candidate,
  clauses,
  deliver,
  entry,
  follower,
  following,
  fromLeader,
  leader,
  prev,
  probing,
  replicating,
  requestVote,
  sends,
  starts,
  stops,
  terms,
  timeout,
  vote,
  votes,
  voting
} from './support/raft.ts'

const cluster = ['n1', 'n2', 'n3', 'n4', 'n5']
const server = (changed: Parameters<typeof as>[0] = {}) => as(changed, cluster)

const configured = (configuration: Configuration, term = 1): Entry => ({ type: 'configuration', term, configuration })
const joint = (outgoing: ReadonlyArray<NodeId>, ...voters: ReadonlyArray<NodeId>): Configuration => ({
  voters,
  outgoing,
  learners: []
})
const learning = (...learners: ReadonlyArray<NodeId>): Configuration => ({ ...voting('n1', 'n2', 'n3'), learners })
const four = voting('n1', 'n2', 'n3', 'n4')
const old = ['n1', 'n2', 'n3']

/** The log and the configurations of a server whose log is one command and then this configuration. */
const holding = (configuration: Configuration): Partial<State> => ({
  log: append(terms(1), configured(configuration)),
  configurations: [{ index: 2, configuration }]
})
const committed = (count: number): Partial<State> => ({ commitIndex: count, lastApplied: count })

const asks = (voters: ReadonlyArray<NodeId>, learners: ReadonlyArray<NodeId> = []): Happening => ({
  type: 'request',
  id: 'r1',
  request: { type: 'change-membership', voters, learners }
})
const clientsFrom = (applied: number, ...ids: ReadonlyArray<string | null>): Log<string | null> =>
  appendAll<string | null>(compact(emptyLog, applied), ids)
const refuses = (why: 'invalid' | 'pending' | 'early' | 'lagging'): Outward => ({
  type: 'reply',
  id: 'r1',
  response: { type: 'change-refused', why }
})
const tells = (configuration: Configuration): Outward => ({
  type: 'reply',
  id: 'r1',
  response: { type: 'changed', configuration }
})
const both = { n2: replicating(1), n3: replicating(1) }
const settled = (role: Partial<Leader> = {}): State =>
  leader({ log: terms(1), ...committed(1) }, { followers: both, ...role })
const carries = (to: NodeId, configuration: Configuration): Outward =>
  sends(to, prev(1, { entries: [configured(configuration)], leaderCommit: 1 }))

describe('[Ongaro] §4.1, one server at a time', () => {
  clauses(
    [
      [
        'the leader appends C_new, uses it at once, and replicates it, to the new server from the beginning',
        settled(),
        asks(four.voters),
        'change-membership',
        leader(
          { ...holding(four), ...committed(1) },
          {
            followers: { n2: replicating(1, 3), n3: replicating(1, 3), n4: probing(1) },
            clients: clientsFrom(1, 'r1')
          }
        ),
        [
          carries('n2', four),
          carries('n3', four),
          sends('n4', prev(0, { entries: [entry(1, 1), configured(four)], leaderCommit: 1 }))
        ]
      ],
      [
        'it is committed by a majority of C_new, and then the operator is told',
        leader(
          { ...holding(four), ...committed(1) },
          {
            followers: { n2: replicating(2), n3: replicating(1, 3), n4: probing(1) },
            clients: clientsFrom(1, 'r1')
          }
        ),
        accepted(2, 'n4'),
        'commit',
        leader(
          { ...holding(four), ...committed(2) },
          { followers: { n2: replicating(2), n3: replicating(1, 3), n4: replicating(2) }, clients: clientsFrom(2) }
        ),
        [tells(four)]
      ],
      [
        'two of four are no majority, though they were one of three',
        leader(
          { ...holding(four), ...committed(1) },
          { followers: { n2: replicating(1, 3), n3: replicating(1, 3), n4: probing(1) }, clients: clientsFrom(1, 'r1') }
        ),
        accepted(2),
        'note-match',
        leader(
          { ...holding(four), ...committed(1) },
          { followers: { n2: replicating(2), n3: replicating(1, 3), n4: probing(1) }, clients: clientsFrom(1, 'r1') }
        ),
        []
      ],
      [
        'no change begins before the last one is committed',
        leader({ ...holding(four), ...committed(1) }, { followers: both }),
        asks(old),
        'refuse-pending-change',
        leader({ ...holding(four), ...committed(1) }, { followers: both }),
        [refuses('pending')]
      ],
      [
        '[Ongaro15]: none before an entry of the own term is committed',
        leader({ term: 2, log: terms(1, 2), ...committed(1) }),
        asks(four.voters),
        'refuse-early-change',
        leader({ term: 2, log: terms(1, 2), ...committed(1) }),
        [refuses('early')]
      ],
      ['no voters are no cluster', settled(), asks([]), 'refuse-invalid-change', settled(), [refuses('invalid')]],
      [
        'a server that nobody knows cannot join',
        settled(),
        asks(['n1', 'n9']),
        'refuse-invalid-change',
        settled(),
        [refuses('invalid')]
      ],
      [
        'who has a vote is no learner',
        settled(),
        asks(old, ['n3']),
        'refuse-invalid-change',
        settled(),
        [refuses('invalid')]
      ],
      [
        'nor while leadership moves',
        settled({ transferee: 'n2', lease: 'forsworn' }),
        asks(old),
        'refuse-in-transfer',
        settled({ transferee: 'n2', lease: 'forsworn' }),
        [{ type: 'reply', id: 'r1', response: { type: 'transferring', to: 'n2' } }]
      ]
    ],
    server()
  )

  clauses([
    [
      'a server uses a configuration from the moment that it is in its log',
      following({ log: terms(1) }),
      fromLeader({ prevLogIndex: 1, prevLogTerm: 1, entries: [configured(four)] }),
      'append-entries',
      following(holding(four)),
      answersAccepted(2)
    ],
    [
      'and falls back to the one before when that entry is replaced',
      following({ ...holding(four), term: 2 }),
      fromLeader({ term: 2, prevLogIndex: 1, prevLogTerm: 1, entries: [entry(2, 'x')] }),
      'replace-conflicting-entries',
      following({ log: append(terms(1), entry(2, 'x')), term: 2 }),
      [sends('n2', { type: 'accepted', term: 2, matchIndex: 2, round: 0 }), starts('election')]
    ],
    [
      '"servers process incoming RPC requests without consulting their current configurations": a vote for a stranger',
      follower(holding(voting('n1', 'n3'))),
      requestVote({ lastLogIndex: 2, lastLogTerm: 1 }),
      'grant-vote',
      follower({ ...holding(voting('n1', 'n3')), votedFor: 'n2' }),
      [votes(true), starts('election')]
    ]
  ])
})

describe('[Ongaro] §4.2.1, catching up', () => {
  clauses(
    [
      [
        'a learner is sent the log, and its copy does not count',
        leader(
          { ...holding(learning('n4')), ...committed(1) },
          { followers: { n2: replicating(1, 3), n3: replicating(1, 3), n4: probing(1) }, clients: clientsFrom(1, 'r1') }
        ),
        accepted(2, 'n4'),
        'note-match',
        leader(
          { ...holding(learning('n4')), ...committed(1) },
          {
            followers: { n2: replicating(1, 3), n3: replicating(1, 3), n4: replicating(2) },
            clients: clientsFrom(1, 'r1')
          }
        ),
        []
      ],
      [
        'a server that is more than a window behind gets no vote',
        leader({ log: terms(1, 1, 1, 1), ...committed(4) }),
        asks(four.voters),
        'refuse-lagging-change',
        leader({ log: terms(1, 1, 1, 1), ...committed(4) }),
        [refuses('lagging')]
      ]
    ],
    server()
  )

  const learner = follower({ ...holding(voting('n2', 'n3')), ...committed(2) })
  clauses([
    ['a server without a vote does not stand for election', learner, timeout('election'), 'stay-out', learner, []],
    [
      'not even when it is told to',
      { ...learner, role: { is: 'follower', leader: 'n2' } },
      deliver('n2', { type: 'timeout-now', term: 1 }),
      'stay-out',
      { ...learner, role: { is: 'follower', leader: 'n2' } },
      []
    ],
    [
      'leadership goes to no learner',
      leader(holding(learning('n4')), { followers: { ...both, n4: replicating(2) } }),
      { type: 'request', id: 'r1', request: { type: 'transfer', to: 'n4' } },
      'refuse-transfer',
      leader(holding(learning('n4')), { followers: { ...both, n4: replicating(2) } }),
      [{ type: 'reply', id: 'r1', response: { type: 'unknown-server', server: 'n4' } }]
    ]
  ])
})

describe('[Ongaro] §4.2.2, removing the current leader', () => {
  const left = voting('n2', 'n3')
  clauses([
    [
      'it does not count itself, and goes on until C_new is committed',
      leader({ ...holding(left), ...committed(1) }, { followers: { n2: replicating(1), n3: replicating(1) } }),
      accepted(2),
      'note-match',
      leader({ ...holding(left), ...committed(1) }, { followers: { n2: replicating(2), n3: replicating(1) } }),
      []
    ],
    [
      'then it steps down',
      leader(
        { ...holding(left), ...committed(1) },
        { followers: { n2: replicating(2), n3: replicating(1, 3) }, clients: clientsFrom(1, 'r1') }
      ),
      accepted(2, 'n3'),
      'commit-own-removal',
      follower({ ...holding(left), ...committed(2), votedFor: 'n1' }),
      [tells(left), stops('heartbeat'), starts('election')]
    ],
    [
      'a server that is not in its own latest configuration still stands while that is not known to be committed',
      follower({ ...holding(left), ...committed(1) }),
      timeout('election'),
      'start-election',
      candidate({ ...holding(left), ...committed(1), term: 2 }),
      [
        ...['n2', 'n3'].map((to) =>
          sends(to, { type: 'request-vote', term: 2, lastLogIndex: 2, lastLogTerm: 1, transfer: false })
        ),
        starts('election')
      ]
    ],
    [
      'and its own vote does not count',
      candidate({ ...holding(left), ...committed(1) }),
      vote('n2'),
      'count-vote',
      candidate({ ...holding(left), ...committed(1), role: { is: 'candidate', votes: ['n1', 'n2'] } }),
      []
    ]
  ])
})

describe('[Raft] §6, joint consensus', () => {
  const change = joint(old, 'n1', 'n4', 'n5')
  const others = (match: number) => ({
    n2: replicating(match, 3),
    n3: replicating(match, 3),
    n4: replicating(match, 3),
    n5: replicating(match, 3)
  })
  const entered = (role: Partial<Leader> = {}): State =>
    leader({ ...holding(change), ...committed(1) }, { followers: others(1), clients: clientsFrom(1, 'r1'), ...role })
  const done = voting('n1', 'n4', 'n5')

  clauses(
    [
      [
        'where more than one voter differs, the leader stores C_old,new first, and all servers of both get it',
        settled(),
        asks(['n1', 'n4', 'n5']),
        'begin-joint-consensus',
        entered({ followers: { n2: replicating(1, 3), n3: replicating(1, 3), n4: probing(1), n5: probing(1) } }),
        [
          carries('n2', change),
          carries('n3', change),
          ...['n4', 'n5'].map((to) =>
            sends(to, prev(0, { entries: [entry(1, 1), configured(change)], leaderCommit: 1 }))
          )
        ]
      ],
      [
        'agreement requires separate majorities from both: the new one alone commits nothing',
        entered({ followers: { ...others(1), n4: replicating(2) } }),
        accepted(2, 'n5'),
        'note-match',
        entered({ followers: { ...others(1), n4: replicating(2), n5: replicating(2) } }),
        []
      ],
      [
        'once C_old,new is committed, the leader creates C_new, and leads only its servers',
        entered({ followers: { ...others(1), n4: replicating(2) } }),
        accepted(2, 'n2'),
        'commit',
        leader(
          {
            log: append(append(terms(1), configured(change)), configured(done)),
            configurations: [
              { index: 2, configuration: change },
              { index: 3, configuration: done }
            ],
            ...committed(2)
          },
          { followers: { n4: replicating(2, 4), n5: replicating(1, 4) }, clients: clientsFrom(2, 'r1') }
        ),
        ['n4', 'n5'].map((to) => sends(to, prev(2, { entries: [configured(done)], leaderCommit: 2 })))
      ],
      [
        'no change begins while the configurations are joint',
        entered(),
        asks(old),
        'refuse-pending-change',
        entered(),
        [refuses('pending')]
      ]
    ],
    server()
  )

  clauses([
    [
      'an election needs both majorities, too',
      candidate({ ...holding(change), role: { is: 'candidate', votes: ['n1', 'n4'] } }),
      vote('n5'),
      'count-vote',
      candidate({ ...holding(change), role: { is: 'candidate', votes: ['n1', 'n4', 'n5'] } }),
      []
    ]
  ])
})

test('what a server finds in its log after a crash is what it knew before', () => {
  const state = follower({ ...holding(four), ...committed(2) })
  const { state: recovered } = raft.recover(as(), raft.durable(state))
  expect(latest(recovered)).toEqual(four)
  expect(votersOf(latest(recovered))).toEqual(four.voters)
})
