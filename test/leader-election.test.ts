/** The clauses of the elections by lease, by bullying and on a ring, one by one, as the sources have them. */
import { describe, expect, test } from '@jest/globals'
import type { NodeId } from '../spec/kernel/index.ts'
import { bully } from '../spec/bully/index.ts'
import { leaseElection } from '../spec/lease-election/index.ts'
import { ringElection } from '../spec/ring-election/index.ts'
import { arm, clauses, deliver, disarm, isTotal, send, timeout } from './support/clauses.ts'

describe('[GC89], leases', () => {
  const self = { id: 'a', nodes: ['a', 'b', 'c'], config: { duration: 5, drift: 1 } }
  const at = (clock: number, more: object = {}) => ({ clock, granted: null, bid: null, lease: null, ...more })
  const own = { to: 'a', until: 7 }
  const bid = { until: 7, by: ['a'] }
  const tick = arm('tick')
  const campaign = arm('campaign')
  const says = (type: string, until: number) => ({ type, until })
  clauses(leaseElection, self, [
    [
      'who wants to lead grants itself, and asks the others',
      at(2),
      timeout('campaign'),
      'bid',
      at(2, { granted: own, bid }),
      [send('b', says('bid', 7)), send('c', says('bid', 7)), campaign]
    ],
    [
      'not while it is bound to another',
      at(2, { granted: { to: 'b', until: 7 } }),
      timeout('campaign'),
      'await-expiry',
      at(2, { granted: { to: 'b', until: 7 } }),
      [campaign]
    ],
    [
      'a majority of grants is a lease until what was asked',
      at(3, { granted: own, bid }),
      deliver('b', says('grant', 7)),
      'take-lease',
      at(3, { granted: own, lease: 7 }),
      []
    ],
    [
      'a grant of another bid counts for nothing',
      at(3, { granted: own, bid }),
      deliver('b', says('grant', 6)),
      'ignore-late-grant',
      at(3, { granted: own, bid }),
      []
    ],
    [
      'a grant goes to who asks first',
      at(2),
      deliver('b', says('bid', 7)),
      'grant',
      at(2, { granted: { to: 'b', until: 7 } }),
      [send('b', says('grant', 7))]
    ],
    [
      'and is made longer for the same',
      at(2, { granted: { to: 'b', until: 4 } }),
      deliver('b', says('bid', 7)),
      'grant',
      at(2, { granted: { to: 'b', until: 7 } }),
      [send('b', says('grant', 7))]
    ],
    [
      'and never shorter',
      at(2, { granted: { to: 'b', until: 7 } }),
      deliver('b', says('bid', 4)),
      'repeat-grant',
      at(2, { granted: { to: 'b', until: 7 } }),
      [send('b', says('grant', 4))]
    ],
    [
      'nobody else gets one before its end',
      at(6, { granted: { to: 'b', until: 7 } }),
      deliver('c', says('bid', 9)),
      'refuse-bid',
      at(6, { granted: { to: 'b', until: 7 } }),
      []
    ],
    [
      'its end is when this clock shows it',
      at(6, { granted: { to: 'b', until: 7 } }),
      timeout('tick'),
      'tick',
      at(7),
      [tick]
    ],
    [
      'a leader stops before, by the drift',
      at(5, { granted: own, lease: 7 }),
      timeout('tick'),
      'end-lease',
      at(6, { granted: own }),
      [tick]
    ],
    [
      'and leads until then',
      at(4, { granted: own, lease: 7 }),
      timeout('tick'),
      'tick',
      at(5, { granted: own, lease: 7 }),
      [tick]
    ],
    [
      'a bid that could give nothing any more is given up',
      at(5, { granted: own, bid }),
      timeout('tick'),
      'tick',
      at(6, { granted: own }),
      [tick]
    ],
    [
      'a bid that comes after its end is not granted',
      at(7),
      deliver('b', says('bid', 7)),
      'ignore-expired-bid',
      at(7),
      []
    ],
    [
      'a client hears whether it leads',
      at(3, { lease: 7 }),
      { type: 'request', id: 'r', request: { type: 'do-you-lead' } },
      'answer-client',
      at(3, { lease: 7 }),
      [{ type: 'reply', id: 'r', response: { type: 'leading', leads: true } }]
    ]
  ])
  test('a crash keeps the grant, and not the lease', () =>
    expect(leaseElection.recover(self, { clock: 3, granted: own }).state).toEqual(at(3, { granted: own })))
  test('every event has its rule', () =>
    isTotal(leaseElection, self, [
      timeout('tick'),
      timeout('campaign'),
      ...[1, 5, 6].flatMap((until) => [
        deliver('b', says('bid', until)),
        deliver('c', says('bid', until)),
        deliver('b', says('grant', until))
      ]),
      { type: 'request', id: 'r', request: { type: 'do-you-lead' } }
    ]))
})

describe('[GM82], the bully', () => {
  const self = { id: 'b', nodes: ['a', 'b', 'c'], config: null }
  const under = (coordinator: NodeId) => ({ phase: 'normal', coordinator })
  const asking = { phase: 'asking' }
  const halting = { phase: 'halting', missing: ['a'] }
  const halted = { phase: 'halted', by: 'c' }
  const says = (type: string) => ({ type })
  const patience = arm('patience')
  clauses(bully, self, [
    [
      'who misses the coordinator asks all higher nodes',
      under('c'),
      timeout('patience'),
      'stand',
      asking,
      [send('c', says('are-you-up')), patience]
    ],
    [
      'an answer leaves the election to a higher one',
      asking,
      deliver('c', says('i-am-up')),
      'defer',
      { phase: 'deferring', to: 'c' },
      [patience]
    ],
    [
      'who was left alone stands again',
      { phase: 'deferring', to: 'c' },
      timeout('patience'),
      'stand',
      asking,
      [send('c', says('are-you-up')), patience]
    ],
    [
      'no answer makes the lower ones stop',
      asking,
      timeout('patience'),
      'halt-lower',
      halting,
      [send('a', says('halt')), patience]
    ],
    [
      'when all have stopped, it leads',
      halting,
      deliver('a', says('halted')),
      'lead',
      under('b'),
      [send('a', says('new-coordinator')), arm('heartbeat')]
    ],
    [
      'and when the rest are down',
      halting,
      timeout('patience'),
      'lead',
      under('b'),
      [send('a', says('new-coordinator')), arm('heartbeat')]
    ],
    [
      'who is told to stop stops, a leader too',
      under('b'),
      deliver('c', says('halt')),
      'stop',
      halted,
      [send('c', says('halted')), patience, disarm('heartbeat')]
    ],
    [
      'and goes on under who made it stop',
      halted,
      deliver('c', says('new-coordinator')),
      'follow',
      under('c'),
      [patience]
    ],
    ['and under nobody else', halted, deliver('a', says('new-coordinator')), 'ignore-stranger', halted, []],
    [
      'who is asked answers, and stands',
      under('c'),
      deliver('a', says('are-you-up')),
      'answer-and-stand',
      asking,
      [send('a', says('i-am-up')), send('c', says('are-you-up')), patience, disarm('heartbeat')]
    ],
    ['once', asking, deliver('a', says('are-you-up')), 'answer', asking, [send('a', says('i-am-up'))]]
  ])
  test('who comes back stands', () =>
    expect(bully.recover(self, null)).toEqual({
      rule: 'stand-after-return',
      state: asking,
      effects: [send('c', says('are-you-up')), patience]
    }))
  const events = [
    timeout('patience'),
    timeout('heartbeat'),
    ...['are-you-up', 'i-am-up', 'halt', 'halted', 'new-coordinator', 'heartbeat'].flatMap((type) =>
      ['a', 'c'].map((from) => deliver(from, says(type)))
    )
  ]
  test.each(['a', 'b', 'c'])('every event has its rule: %s', (id) => isTotal(bully, { ...self, id }, events))
})

describe('[CR79], the ring', () => {
  const self = { id: 'b', nodes: ['a', 'b', 'c'], config: { number: 5 } }
  const node = (takesPart: boolean, leader: number | null = null) => ({ takesPart, leader })
  const candidacy = (number: number) => ({ type: 'candidacy', number })
  const elected = (number: number) => ({ type: 'elected', number })
  clauses(ringElection, self, [
    [
      'who begins sends its number to the next',
      node(false),
      timeout('begin'),
      'stand',
      node(true),
      [send('c', candidacy(5))]
    ],
    ['once', node(true), timeout('begin'), 'ignore-timeout', node(true), []],
    [
      'a higher number is passed on',
      node(true),
      deliver('a', candidacy(6)),
      'pass-on-higher',
      node(true),
      [send('c', candidacy(6))]
    ],
    ['a lower one is stopped', node(true), deliver('a', candidacy(4)), 'stop-lower', node(true), []],
    [
      'by a node that has not begun, with its own',
      node(false),
      deliver('a', candidacy(4)),
      'stand-instead-of-lower',
      node(true),
      [send('c', candidacy(5))]
    ],
    [
      'its own has met no higher one',
      node(true),
      deliver('a', candidacy(5)),
      'win',
      node(false, 5),
      [send('c', elected(5))]
    ],
    ['the ring is told', node(true), deliver('a', elected(6)), 'learn-leader', node(false, 6), [send('c', elected(6))]],
    ['until all know', node(false, 5), deliver('a', elected(5)), 'end-announcement', node(false, 5), []]
  ])
  test('the last node is heard by the first', () =>
    expect(ringElection.step({ ...self, id: 'c' }, node(false), { type: 'timeout', timer: 'begin' }).effects).toEqual([
      send('a', candidacy(5))
    ]))
  test('every event has its rule', () =>
    isTotal(ringElection, self, [
      timeout('begin'),
      ...[4, 5, 6].flatMap((number) => [deliver('a', candidacy(number)), deliver('a', elected(number))])
    ]))
})
