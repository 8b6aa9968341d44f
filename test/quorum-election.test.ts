/** The clauses of election by quorum, one by one, as the sources have them. */
import { describe, expect, test } from '@jest/globals'
import type { NodeId } from '../spec/kernel/index.ts'
import { quorumElection } from '../spec/quorum-election/index.ts'
import { arm, clauses, deliver, disarm, isTotal, send, timeout } from './support/clauses.ts'

describe('quorum election', () => {
  const config = { store: 'd' }
  const server = { id: 'a', nodes: ['a', 'b', 'c', 'd'], config }
  const store = { ...server, id: 'd' }
  const is = (term: number, votedFor: NodeId | null, part: object) => ({ role: 'server', term, votedFor, part })
  const follower = (term: number, votedFor: NodeId | null, leader: NodeId | null = null) =>
    is(term, votedFor, { is: 'follower', leader })
  const candidate = is(1, 'a', { is: 'candidate', votes: ['a'] })
  const fencing = is(1, 'a', { is: 'fencing' })
  const leading = (sequence: number, ...pending: ReadonlyArray<object>) =>
    is(1, 'a', { is: 'leader', sequence, pending })
  const says = (type: string, term: number, more: object = {}) => ({ type, term, ...more })
  const election = arm('election')
  const heartbeat = arm('heartbeat')

  describe('[Raft] §5.2, elections', () => {
    clauses(quorumElection, server, [
      [
        'who hears of no leader begins a term, votes for itself, and asks the others',
        follower(0, null),
        timeout('election'),
        'stand-for-election',
        candidate,
        [send('b', says('vote-request', 1)), send('c', says('vote-request', 1)), election]
      ],
      [
        'a split vote is followed by another term',
        candidate,
        timeout('election'),
        'stand-for-election',
        is(2, 'a', { is: 'candidate', votes: ['a'] }),
        [send('b', says('vote-request', 2)), send('c', says('vote-request', 2)), election]
      ],
      [
        'a vote goes to who asks first',
        follower(1, null),
        deliver('b', says('vote-request', 1)),
        'grant-vote',
        follower(1, 'b'),
        [election, send('b', says('vote', 1))]
      ],
      [
        'and to the same one again',
        follower(1, 'b'),
        deliver('b', says('vote-request', 1)),
        'grant-vote',
        follower(1, 'b'),
        [election, send('b', says('vote', 1))]
      ],
      [
        'and to nobody else in that term',
        follower(1, 'b'),
        deliver('c', says('vote-request', 1)),
        'refuse-second-vote',
        follower(1, 'b'),
        []
      ],
      [
        'a newer term frees the vote',
        leading(1),
        deliver('c', says('vote-request', 2)),
        'grant-vote',
        follower(2, 'c'),
        [election, send('c', says('vote', 2))]
      ],
      [
        'an older one is told so',
        follower(2, null),
        deliver('c', says('vote-request', 1)),
        'refuse-stale-candidate',
        follower(2, null),
        [send('c', says('newer-term', 2))]
      ],
      [
        'a majority elects, and the winner goes to the store first',
        candidate,
        deliver('c', says('vote', 1)),
        'win-election',
        fencing,
        [disarm('election'), send('d', says('raise-fence', 1)), heartbeat]
      ],
      [
        'a vote of another term does not count',
        candidate,
        deliver('c', says('vote', 2)),
        'ignore-late-vote',
        candidate,
        []
      ],
      [
        'a leader of this term is followed',
        candidate,
        deliver('b', says('heartbeat', 1)),
        'follow-leader',
        follower(1, 'a', 'b'),
        [election]
      ],
      [
        'a leader of a newer one as well, with the vote still free',
        follower(1, 'c'),
        deliver('b', says('heartbeat', 2)),
        'follow-leader',
        follower(2, null, 'b'),
        [election]
      ],
      [
        'a leader of an older term is told so',
        follower(2, null),
        deliver('b', says('heartbeat', 1)),
        'refuse-stale-leader',
        follower(2, null),
        [send('b', says('newer-term', 2))]
      ],
      [
        'who hears of a newer term steps down',
        leading(0),
        deliver('d', says('newer-term', 3)),
        'step-down',
        follower(3, null),
        [election]
      ],
      [
        'and of one it knows does not',
        leading(0),
        deliver('d', says('newer-term', 1)),
        'ignore-known-term',
        leading(0),
        []
      ]
    ])
  })

  describe('[Burrows06] §2.4, the fence: a leader', () => {
    const pending = { sequence: 1, value: 'x', client: 'r1' }
    const write = says('write', 1, { sequence: 1, value: 'x' })
    const request = { type: 'request', id: 'r1', request: { type: 'write', value: 'x' } }
    clauses(quorumElection, server, [
      [
        'takes office when older terms are shut out',
        fencing,
        deliver('d', says('fence-raised', 1)),
        'take-office',
        leading(0),
        []
      ],
      [
        'asks the store again',
        fencing,
        timeout('heartbeat'),
        'repeat-fence',
        fencing,
        [send('d', says('raise-fence', 1)), heartbeat]
      ],
      ['writes with its term', leading(0), request, 'ask-store-to-write', leading(1, pending), [send('d', write)]],
      [
        'speaks up, and repeats what is not confirmed',
        leading(1, pending),
        timeout('heartbeat'),
        'send-heartbeat',
        leading(1, pending),
        [send('b', says('heartbeat', 1)), send('c', says('heartbeat', 1)), send('d', write), heartbeat]
      ],
      [
        'answers its client once it is written',
        leading(1, pending),
        deliver('d', says('written', 1, { sequence: 1 })),
        'confirm-write',
        leading(1),
        [{ type: 'reply', id: 'r1', response: { type: 'done' } }]
      ],
      [
        'and answers once',
        leading(1),
        deliver('d', says('written', 1, { sequence: 1 })),
        'ignore-late-write',
        leading(1),
        []
      ],
      [
        'does not write before it is in office',
        fencing,
        request,
        'refuse-client',
        fencing,
        [{ type: 'reply', id: 'r1', response: { type: 'not-leader', leader: null } }]
      ],
      [
        'is named to clients by its followers',
        follower(1, null, 'b'),
        request,
        'refuse-client',
        follower(1, null, 'b'),
        [{ type: 'reply', id: 'r1', response: { type: 'not-leader', leader: 'b' } }]
      ]
    ])
  })

  describe('[Burrows06] §2.4, the fence: the store', () => {
    const holds = (fence: number, content: object | null = null) => ({ role: 'store', fence, content })
    const x = { term: 2, sequence: 2, value: 'x' }
    const write = (term: number, sequence: number) => deliver('a', says('write', term, { sequence, value: 'y' }))
    clauses(quorumElection, store, [
      [
        'raises it for a newer term',
        holds(1),
        deliver('a', says('raise-fence', 2)),
        'raise-fence',
        holds(2),
        [send('a', says('fence-raised', 2))]
      ],
      [
        'takes writes of the term at the fence',
        holds(2, x),
        write(2, 3),
        'replace-content',
        holds(2, { term: 2, sequence: 3, value: 'y' }),
        [send('a', says('written', 2, { sequence: 3 }))]
      ],
      [
        'passes over one that a later one of its term has overtaken',
        holds(2, x),
        write(2, 1),
        'pass-over-older-write',
        holds(2, x),
        [send('a', says('written', 2, { sequence: 1 }))]
      ],
      [
        'refuses a write of a term below it',
        holds(2, x),
        write(1, 3),
        'refuse-below-fence',
        holds(2, x),
        [send('a', says('newer-term', 2))]
      ]
    ])
  })

  test('a crash keeps term, vote, fence and content', () => {
    expect(quorumElection.recover(server, { role: 'server', term: 3, votedFor: 'b' }).state).toEqual(follower(3, 'b'))
    const content = { term: 2, sequence: 1, value: 'x' }
    expect(quorumElection.recover(store, { role: 'store', fence: 2, content }).state).toEqual({
      role: 'store',
      fence: 2,
      content
    })
  })

  const events = [
    ...['election', 'heartbeat'].map(timeout),
    ...['vote-request', 'vote', 'newer-term', 'heartbeat', 'raise-fence', 'fence-raised'].flatMap((type) =>
      [1, 2, 3].map((term) => deliver('b', says(type, term)))
    ),
    ...[1, 2].flatMap((term) => [
      deliver('b', says('write', term, { sequence: 1, value: 'x' })),
      deliver('d', says('written', term, { sequence: 1 }))
    ]),
    { type: 'request', id: 'r1', request: { type: 'write', value: 'x' } }
  ]
  test.each([server, store])('every event has its rule, and no term falls: $id', (self) =>
    isTotal(quorumElection, self, events, (before, after) => {
      if (before.role === 'server' && after.role === 'server') expect(after.term).toBeGreaterThanOrEqual(before.term)
      if (before.role === 'store' && after.role === 'store') expect(after.fence).toBeGreaterThanOrEqual(before.fence)
    })
  )
})
