// Long because every clause of the source is a row here, and the rows share one cast of states.
/** The clauses of Paxos, one by one, as [Lamport01] has them. */
import { describe, expect, test } from '@jest/globals'
import type { NodeId, NodeView, Self } from '../spec/kernel/index.ts'
import {
  agreement,
  allProposersKnow,
  learnedFrom,
  oneValuePerBallot,
  outcomeStays,
  paxos,
  promisesAreKept,
  validity,
  type Attempt,
  type Durable,
  type Paxos,
  type Proposal,
  type State
} from '../spec/paxos/index.ts'
import { arm, clauses, deliver, disarm, isTotal, send, timeout } from './support/clauses.ts'

const nodes = ['n1', 'n2', 'n3']
const self = (id: NodeId = 'n1', phase1Quorum = 2, phase2Quorum = 2): Self<Paxos> => ({
  id,
  nodes,
  config: { phase1Quorum, phase2Quorum }
})

const fresh: State = {
  tried: 0,
  proposal: null,
  promised: 0,
  accepted: null,
  outcome: null,
  attempt: { is: 'idle' },
  clients: []
}
const at = (ballot: number, value: string): Proposal => ({ ballot, value })
const preparing = (highest: Proposal | null, ...promises: ReadonlyArray<NodeId>): Attempt => ({
  is: 'preparing',
  promises,
  highest
})
const proposing = (value: string, ...acceptances: ReadonlyArray<NodeId>): Attempt => ({
  is: 'proposing',
  value,
  acceptances
})
/** Stands for `a`, in ballot 4. */
const proposer = (attempt: Attempt, more: Partial<State> = {}): State => ({
  ...fresh,
  tried: 4,
  proposal: 'a',
  attempt,
  clients: ['c'],
  ...more
})
const acceptor = (promised: number, accepted: Proposal | null = null): State => ({ ...fresh, promised, accepted })
const knowing = (outcome: string, more: Partial<State> = {}): State => ({ ...fresh, outcome, ...more })

const toAll = (message: unknown) => nodes.map((node) => send(node, message))
const toOthers = (message: unknown) => nodes.slice(1).map((node) => send(node, message))
const prepare = (ballot: number) => ({ type: 'prepare', ballot })
const promise = (ballot: number, accepted: Proposal | null = null) => ({ type: 'promise', ballot, accepted })
const accept = (ballot: number, value: string) => ({ type: 'accept', ballot, value })
const accepted = (ballot: number) => ({ type: 'accepted', ballot })
const chosen = (value: string) => ({ type: 'chosen', value })
const asks = (value: string, id = 'c') => ({ type: 'request', id, request: { type: 'propose', value } })
const told = (id: string, value: string) => ({ type: 'reply', id, response: { type: 'outcome', value } })

describe('[Lamport01] §2.2, phase 1(a): a proposer selects a number and sends prepare requests', () => {
  clauses(paxos, self(), [
    [
      'to all acceptors, for the value that a client asks for',
      fresh,
      asks('a'),
      'prepare',
      { ...fresh, tried: 1, proposal: 'a', attempt: preparing(null), clients: ['c'] },
      [...toAll(prepare(1)), arm('retry')]
    ],
    [
      'higher than any that it has used (§2.5)',
      proposer(preparing(null, 'n1')),
      timeout('retry'),
      'prepare-again',
      proposer(preparing(null), { tried: 7 }),
      [...toAll(prepare(7)), arm('retry')]
    ],
    [
      'and than any that it knows of',
      proposer(proposing('a', 'n1'), { promised: 8 }),
      timeout('retry'),
      'prepare-again',
      proposer(preparing(null), { promised: 8, tried: 10 }),
      [...toAll(prepare(10)), arm('retry')]
    ],
    [
      'for the first client; a second one waits for the same outcome',
      proposer(preparing(null)),
      asks('b', 'd'),
      'join-proposal',
      proposer(preparing(null), { clients: ['c', 'd'] }),
      [arm('retry')]
    ],
    ['not without a value to propose', fresh, timeout('retry'), 'ignore-timeout', fresh, []],
    [
      'not once it knows the outcome',
      knowing('b', { proposal: 'a' }),
      timeout('retry'),
      'ignore-timeout',
      knowing('b', { proposal: 'a' }),
      []
    ]
  ])

  test('different proposers choose their numbers from disjoint sets (§2.5)', () => {
    const begun = (id: NodeId, tried: number, promised: number): number =>
      paxos.step(self(id), { ...fresh, tried, promised }, asks('a') as never).state.tried
    const numbers = [0, 1, 2, 3, 4, 5, 6, 7]
    nodes.forEach((id, index) =>
      numbers.forEach((tried) =>
        numbers.forEach((promised) => {
          const ballot = begun(id, tried, promised)
          expect(ballot % 3).toBe((index + 1) % 3)
          expect(ballot).toBeGreaterThan(Math.max(tried, promised))
          expect(ballot).toBeLessThanOrEqual(Math.max(tried, promised) + 3)
        })
      )
    )
  })
})

describe('[Lamport01] §2.2, phase 1(b): an acceptor that receives a prepare request', () => {
  clauses(paxos, self(), [
    [
      'promises, where its number is greater than any it has responded to',
      acceptor(4),
      deliver('n2', prepare(5)),
      'promise',
      acceptor(5),
      [send('n2', promise(5))]
    ],
    [
      'reports the highest-numbered proposal that it has accepted',
      acceptor(4, at(4, 'a')),
      deliver('n2', prepare(5)),
      'promise',
      acceptor(5, at(4, 'a')),
      [send('n2', promise(5, at(4, 'a')))]
    ],
    ['ignores the same number again', acceptor(5), deliver('n2', prepare(5)), 'ignore-prepare', acceptor(5), []],
    ['ignores a lower one', acceptor(5), deliver('n1', prepare(4)), 'ignore-prepare', acceptor(5), []]
  ])
})

describe('[Lamport01] §2.2, phase 2(a): a proposer that has promises from a majority proposes', () => {
  clauses(paxos, self(), [
    [
      'nothing before',
      proposer(preparing(null)),
      deliver('n1', promise(4)),
      'count-promise',
      proposer(preparing(null, 'n1')),
      []
    ],
    [
      'nor when an acceptor promises twice',
      proposer(preparing(null, 'n1')),
      deliver('n1', promise(4)),
      'count-promise',
      proposer(preparing(null, 'n1')),
      []
    ],
    [
      'any value, if the responses reported no proposals',
      proposer(preparing(null, 'n1')),
      deliver('n3', promise(4)),
      'propose-own-value',
      proposer(proposing('a')),
      toAll(accept(4, 'a'))
    ],
    [
      'P2c: the value of the highest-numbered proposal among the responses, the last being higher',
      proposer(preparing(at(2, 'b'), 'n2')),
      deliver('n3', promise(4, at(3, 'c'))),
      'propose-accepted-value',
      proposer(proposing('c')),
      toAll(accept(4, 'c'))
    ],
    [
      'P2c: the same, the last being lower',
      proposer(preparing(at(3, 'c'), 'n3')),
      deliver('n2', promise(4, at(2, 'b'))),
      'propose-accepted-value',
      proposer(proposing('c')),
      toAll(accept(4, 'c'))
    ],
    [
      'P2c: the same, the last being none',
      proposer(preparing(at(3, 'c'), 'n3')),
      deliver('n1', promise(4)),
      'propose-accepted-value',
      proposer(proposing('c')),
      toAll(accept(4, 'c'))
    ],
    [
      'nothing for promises of an earlier ballot',
      proposer(preparing(null, 'n1')),
      deliver('n3', promise(1)),
      'ignore-promise',
      proposer(preparing(null, 'n1')),
      []
    ],
    [
      'and one value in a ballot: more promises change nothing',
      proposer(proposing('a')),
      deliver('n2', promise(4, at(2, 'b'))),
      'ignore-promise',
      proposer(proposing('a')),
      []
    ]
  ])

  describe('with a phase-1 quorum of three ([HMS16])', () =>
    clauses(paxos, self('n1', 3, 1), [
      [
        'it waits for the third',
        proposer(preparing(null, 'n1')),
        deliver('n3', promise(4)),
        'count-promise',
        proposer(preparing(null, 'n1', 'n3')),
        []
      ],
      [
        'and a phase-2 quorum of one is chosen at once',
        proposer(proposing('a'), { clients: [] }),
        deliver('n2', accepted(4)),
        'choose',
        proposer({ is: 'idle' }, { outcome: 'a', clients: [] }),
        [...toOthers(chosen('a')), disarm('retry')]
      ]
    ]))
})

describe('[Lamport01] §2.2, phase 2(b): an acceptor that receives an accept request', () => {
  clauses(paxos, self(), [
    [
      'P1: accepts the first proposal that it receives',
      acceptor(0),
      deliver('n2', accept(2, 'b')),
      'accept',
      acceptor(2, at(2, 'b')),
      [send('n2', accepted(2))]
    ],
    [
      'P1a: accepts, if it has not responded to a prepare request with a greater number',
      acceptor(5, at(4, 'a')),
      deliver('n2', accept(5, 'b')),
      'accept',
      acceptor(5, at(5, 'b')),
      [send('n2', accepted(5))]
    ],
    ['P1a: does not accept, if it has', acceptor(5), deliver('n1', accept(4, 'a')), 'ignore-accept', acceptor(5), []],
    [
      'accepts again what it has accepted, so that a lost answer comes',
      acceptor(5, at(5, 'b')),
      deliver('n2', accept(5, 'b')),
      'accept',
      acceptor(5, at(5, 'b')),
      [send('n2', accepted(5))]
    ],
    [
      'accepts nothing lower than what it has accepted',
      acceptor(5, at(5, 'b')),
      deliver('n1', accept(4, 'a')),
      'ignore-accept',
      acceptor(5, at(5, 'b')),
      []
    ]
  ])
})

describe('[Lamport01] §2.3, learning a chosen value', () => {
  clauses(paxos, self(), [
    [
      'the distinguished learner counts the acceptors of one proposal',
      proposer(proposing('a')),
      deliver('n3', accepted(4)),
      'count-acceptance',
      proposer(proposing('a', 'n3')),
      []
    ],
    [
      'each once',
      proposer(proposing('a', 'n3')),
      deliver('n3', accepted(4)),
      'count-acceptance',
      proposer(proposing('a', 'n3')),
      []
    ],
    [
      'a majority has accepted it: it is chosen, and all learners are told',
      proposer(proposing('b', 'n3')),
      deliver('n2', accepted(4)),
      'choose',
      proposer({ is: 'idle' }, { outcome: 'b', clients: [] }),
      [told('c', 'b'), ...toOthers(chosen('b')), disarm('retry')]
    ],
    [
      'those of an earlier proposal do not count',
      proposer(proposing('a', 'n3')),
      deliver('n2', accepted(1)),
      'ignore-acceptance',
      proposer(proposing('a', 'n3')),
      []
    ],
    [
      'a learner that is told learns, and tells its clients',
      proposer(preparing(null)),
      deliver('n2', chosen('b')),
      'learn',
      proposer({ is: 'idle' }, { outcome: 'b', clients: [] }),
      [told('c', 'b'), disarm('retry')]
    ],
    ['once', knowing('b'), deliver('n2', chosen('b')), 'ignore-chosen', knowing('b'), []],
    [
      'who knows tells a proposer that does not',
      knowing('b'),
      deliver('n3', prepare(6)),
      'tell-outcome',
      knowing('b'),
      [send('n3', chosen('b'))]
    ],
    [
      'in whichever phase it is',
      knowing('b'),
      deliver('n3', accept(6, 'b')),
      'tell-outcome',
      knowing('b'),
      [send('n3', chosen('b'))]
    ],
    ['counts nothing any more', knowing('b'), deliver('n3', promise(4)), 'ignore-promise', knowing('b'), []],
    ['in neither phase', knowing('b'), deliver('n3', accepted(4)), 'ignore-acceptance', knowing('b'), []],
    ['and answers clients at once', knowing('b'), asks('a', 'd'), 'answer-client', knowing('b'), [told('d', 'b')]]
  ])
})

describe('[Lamport01] §2.5, stable storage', () => {
  const disk: Durable = { tried: 4, proposal: 'a', promised: 5, accepted: at(5, 'b'), outcome: null }

  test('keeps the ballots begun, the promise, the acceptance and the outcome; an attempt is over', () => {
    const state = proposer(proposing('a', 'n1'), { promised: 5, accepted: at(5, 'b') })
    expect(paxos.durable(state)).toEqual(disk)
    expect(paxos.recover(self(), disk)).toEqual({
      rule: 'recover',
      state: { ...disk, attempt: { is: 'idle' }, clients: [] },
      effects: [arm('retry')]
    })
  })

  test('a node starts with nothing promised', () =>
    expect(paxos.initial(self())).toEqual({ rule: 'start', state: fresh, effects: [] }))
})

describe('the reducer is total', () => {
  const values = ['a', 'b']
  const ballots = [1, 2, 4]
  const events = [
    timeout('retry'),
    ...values.map((value) => asks(value, `client-${value}`)),
    ...nodes.flatMap((from) => [
      ...ballots.flatMap((ballot) => [
        deliver(from, prepare(ballot)),
        deliver(from, promise(ballot)),
        deliver(from, promise(ballot, at(1, 'b'))),
        deliver(from, accept(ballot, 'b')),
        deliver(from, accepted(ballot))
      ]),
      deliver(from, chosen('b'))
    ])
  ]

  test.each(nodes)('at %s: promises, ballots and outcomes are never taken back', (id) =>
    isTotal(paxos, self(id), events, (before, after) => {
      expect(after.promised).toBeGreaterThanOrEqual(before.promised)
      expect(after.tried).toBeGreaterThanOrEqual(before.tried)
      expect(after.accepted?.ballot ?? 0).toBeGreaterThanOrEqual(before.accepted?.ballot ?? 0)
      expect(after.accepted?.ballot ?? 0).toBeLessThanOrEqual(after.promised)
      if (before.outcome !== null) expect(after.outcome).toBe(before.outcome)
      if (before.proposal !== null) expect(after.proposal).toBe(before.proposal)
    })
  )
})

const up = (id: NodeId, more: Partial<State>): NodeView<Paxos> => {
  const state = { ...fresh, ...more }
  return { id, up: true, state, durable: paxos.durable(state), timers: [], machine: null }
}
const seen = (...views: ReadonlyArray<NodeView<Paxos>>) => ({ nodes: views, network: [] })

describe('[Lamport01] §2.1, safety', () => {
  test('only a single value is chosen: among what is learned', () => {
    expect(agreement(2).holds(seen(up('n1', { outcome: 'a' }), up('n2', { outcome: 'a' })))).toBe(true)
    expect(agreement(2).holds(seen(up('n1', { outcome: 'a' }), up('n2', { outcome: 'b' })))).toBe(false)
  })

  test('only a single value is chosen: accepted by a quorum counts, learned or not', () => {
    const learned = up('n1', { outcome: 'a' })
    const one = up('n2', { accepted: at(5, 'b') })
    const other = up('n3', { accepted: at(5, 'b') })
    expect(agreement(2).holds(seen(learned, one, other))).toBe(false)
    expect(agreement(3).holds(seen(learned, one, other))).toBe(true)
    expect(agreement(2).holds(seen(learned, one, up('n3', { accepted: at(6, 'b') })))).toBe(true)
  })

  test('only a value that has been proposed may be chosen', () => {
    expect(validity.holds(seen(up('n1', { proposal: 'a' }), up('n2', { outcome: 'a' })))).toBe(true)
    expect(validity.holds(seen(up('n1', { proposal: 'a' }), up('n2', { outcome: 'b' })))).toBe(false)
    expect(validity.holds(seen(up('n1', { proposal: 'a' }), up('n2', { accepted: at(1, 'b') })))).toBe(false)
  })

  test('one value for each ballot', () => {
    const one = up('n1', { accepted: at(1, 'a') })
    expect(oneValuePerBallot.holds(seen(one, up('n2', { accepted: at(2, 'b') })))).toBe(true)
    expect(oneValuePerBallot.holds(seen(one, up('n2', { accepted: at(1, 'b') })))).toBe(false)
  })

  const during = { event: { type: 'timeout', timer: 'retry' }, rule: 'prepare', effects: [] } as const

  test('an acceptor remembers its promise and what it has accepted', () => {
    const holds = (before: Partial<State>, after: Partial<State>) =>
      promisesAreKept.holds({ before: up('n1', before), after: up('n1', after), ...during })
    expect(holds({ promised: 2 }, { promised: 2, accepted: at(2, 'a') })).toBe(true)
    expect(holds({ promised: 2 }, { promised: 1 })).toBe(false)
    expect(holds({ promised: 2 }, { promised: 2, accepted: at(1, 'a') })).toBe(false)
    expect(holds({ promised: 2, accepted: at(2, 'a') }, { promised: 2 })).toBe(false)
  })

  test('a learned value stays', () => {
    const holds = (before: string | null, after: string | null) =>
      outcomeStays.holds({ before: up('n1', { outcome: before }), after: up('n1', { outcome: after }), ...during })
    expect([holds(null, 'a'), holds('a', 'a'), holds('a', 'b'), holds('a', null)]).toEqual([true, true, false, false])
  })

  test('a run may stop where all proposers know', () => {
    expect(allProposersKnow(seen(up('n1', { proposal: 'a', outcome: 'b' }), up('n2', {})))).toBe(true)
    expect(allProposersKnow(seen(up('n1', { proposal: 'a' }), up('n2', { outcome: 'b' })))).toBe(false)
  })

  test('learned from few', () => {
    const two = [up('n1', { accepted: at(1, 'a'), outcome: 'a' }), up('n2', { accepted: at(1, 'a') })]
    expect(learnedFrom(2).holds(seen(...two, up('n3', {})))).toBe(true)
    expect(learnedFrom(1).holds(seen(...two, up('n3', {})))).toBe(false)
  })
})
