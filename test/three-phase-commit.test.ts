/** The clauses of three-phase commit, one by one, as the sources have them. */
// Long because every clause is a row here, and the rows share one cast of states.
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { either } from 'fp-ts'
import type { Effect, Event, NodeId, Self } from '../spec/kernel/index.ts'
import {
  threePhaseCommit,
  type Awaiting,
  type Coordinator,
  type Decision,
  type Durable,
  type Message,
  type Participant,
  type Response,
  type Rule,
  type State,
  type ThreePhaseCommit,
  type Vote
} from '../spec/three-phase-commit/index.ts'
import { declaredStep } from './support/clauses.ts'

type Happening = Event<ThreePhaseCommit>
type Outward = Effect<ThreePhaseCommit>

const nodes = ['c', 'p1', 'p2', 'p3']
const coordinator: Self<ThreePhaseCommit> = { id: 'c', nodes, config: { role: 'coordinator' } }
const participant = (id: NodeId, vote: Vote = 'yes'): Self<ThreePhaseCommit> => ({
  id,
  nodes,
  config: { role: 'participant', vote }
})

const initial: Coordinator = { role: 'coordinator', phase: 'initial' }
const waiting = (...yes: ReadonlyArray<NodeId>): Coordinator => ({
  role: 'coordinator',
  phase: 'waiting',
  yes,
  clients: ['r1']
})
const preparing = (...awaiting: ReadonlyArray<NodeId>): Coordinator => ({
  role: 'coordinator',
  phase: 'prepared',
  awaiting,
  clients: ['r1']
})
const knows = (decision: Decision): Coordinator => ({ role: 'coordinator', phase: 'decided', decision })

interface Known {
  readonly coordinator?: NodeId
  readonly failed?: ReadonlyArray<NodeId>
  readonly awaiting?: Awaiting
}
const working = (vote: Vote = 'yes', { coordinator: first = 'c', failed = [] }: Known = {}): Participant => ({
  role: 'participant',
  phase: 'working',
  vote,
  coordinator: first,
  failed
})
const inPhase =
  (phase: 'wait' | 'prepared') =>
  ({ coordinator: first = 'c', failed = [], awaiting = null }: Known = {}): Participant => ({
    role: 'participant',
    phase,
    coordinator: first,
    failed,
    awaiting
  })
const wait = inPhase('wait')
const prepared = inPhase('prepared')
const decided = (decision: Decision): Participant => ({ role: 'participant', phase: 'decided', decision })
const recovered: Participant = { role: 'participant', phase: 'recovered', record: 'yes' }

const from = (sender: NodeId, type: Message['type']): Happening => ({
  type: 'deliver',
  from: sender,
  message: { type }
})
const patienceEnds: Happening = { type: 'timeout', timer: 'patience' }
const asks = (id: string): Happening => ({ type: 'request', id, request: { type: 'end-transaction' } })

const sends = (to: NodeId, type: Message['type']): Outward => ({ type: 'send', to, message: { type } })
const toAll = (type: Message['type'], ...to: ReadonlyArray<NodeId>) => to.map((one) => sends(one, type))
const tells = (id: string, response: Response): Outward => ({ type: 'reply', id, response })
const outcome = (id: string, decision: Decision) => tells(id, { type: 'outcome', decision })
const patience: Outward = { type: 'start-timer', timer: 'patience' }

type Clause = readonly [string, State, Happening, Rule, State, ReadonlyArray<Outward>]

const clauses = (who: Self<ThreePhaseCommit>, table: ReadonlyArray<Clause>) =>
  test.each(table)('%s', (_clause, state, event, rule, after, effects) =>
    expect(threePhaseCommit.step(who, state, event)).toEqual({ rule, state: after, effects })
  )

describe('[Skeen81] the coordinator', () => {
  const all = ['p1', 'p2', 'p3']
  clauses(coordinator, [
    [
      'q to w: asks for the votes',
      initial,
      asks('r1'),
      'ask-for-votes',
      waiting(),
      [...toAll('vote-request', ...all), patience]
    ],
    ['waits for all of them', waiting('p1'), from('p3', 'yes'), 'count-yes', waiting('p1', 'p3'), []],
    [
      'w to p: when all have voted yes, all are to move',
      waiting('p1', 'p3'),
      from('p2', 'yes'),
      'pre-commit-on-last-yes',
      preparing('p1', 'p2', 'p3'),
      [...toAll('pre-commit', ...all), patience]
    ],
    [
      'w to a: on a no',
      waiting('p1'),
      from('p2', 'no'),
      'abort-on-no',
      knows('abort'),
      [...toAll('abort', ...all), outcome('r1', 'abort')]
    ],
    [
      'w to a: when a participant fails',
      waiting('p1'),
      from('p2', 'recovering'),
      'abort-on-failed-voter',
      knows('abort'),
      [...toAll('abort', ...all), outcome('r1', 'abort')]
    ],
    [
      'waits until all have moved',
      preparing('p1', 'p2', 'p3'),
      from('p2', 'ack'),
      'count-ack',
      preparing('p1', 'p3'),
      []
    ],
    [
      'p to c: when all have',
      preparing('p1'),
      from('p1', 'ack'),
      'commit-on-last-ack',
      knows('commit'),
      [...toAll('commit', ...all), outcome('r1', 'commit')]
    ],
    [
      'does not wait for who has failed',
      preparing('p1', 'p2'),
      from('p1', 'recovering'),
      'do-without-failed',
      preparing('p2'),
      []
    ],
    [
      'p to c: when all have that are left',
      preparing('p2'),
      from('p2', 'recovering'),
      'commit-without-failed',
      knows('commit'),
      [...toAll('commit', ...all), outcome('r1', 'commit')]
    ],
    ['a vote counts in w alone', preparing('p2'), from('p1', 'no'), 'ignore-vote', preparing('p2'), []],
    ['an acknowledgement counts in p alone', waiting(), from('p1', 'ack'), 'ignore-ack', waiting(), []],
    ['who failed before it was asked votes no later', initial, from('p1', 'recovering'), 'ignore-failure', initial, []],
    [
      'a site that never was down is not asked',
      waiting(),
      from('p1', 'decision-request'),
      'ignore-misdirected',
      waiting(),
      []
    ],
    ['takes no orders', waiting(), from('p1', 'back-to-wait'), 'ignore-misdirected', waiting(), []],
    [
      'takes a decision, whoever tells: it is final',
      waiting(),
      from('p1', 'abort'),
      'learn-decision',
      knows('abort'),
      [...toAll('abort', ...all), outcome('r1', 'abort')]
    ]
  ])

  describe('with timeouts', () =>
    clauses(coordinator, [
      [
        'a participant that does not vote in time has failed',
        waiting(),
        patienceEnds,
        'abort-on-missing-votes',
        knows('abort'),
        [...toAll('abort', ...all), outcome('r1', 'abort')]
      ],
      [
        'and so has one that does not move in time',
        preparing('p1', 'p2'),
        patienceEnds,
        'commit-without-failed',
        knows('commit'),
        [...toAll('commit', ...all), outcome('r1', 'commit')]
      ],
      ['nobody is waited for before a client asks', initial, patienceEnds, 'ignore-timeout', initial, []]
    ]))
})

describe('[Skeen81] a participant', () => {
  clauses(participant('p2'), [
    ['q to w: votes yes', working(), from('c', 'vote-request'), 'vote-yes', wait(), [sends('c', 'yes'), patience]],
    ['q to a: votes no', working('no'), from('c', 'vote-request'), 'vote-no', decided('abort'), [sends('c', 'no')]],
    [
      'w to p: when all have voted yes',
      wait(),
      from('c', 'pre-commit'),
      'move-to-prepared',
      prepared(),
      [sends('c', 'ack'), patience]
    ],
    ['p to c', prepared(), from('c', 'commit'), 'learn-decision', decided('commit'), []],
    ['w to a', wait(), from('c', 'abort'), 'learn-decision', decided('abort'), []],
    ['votes once', wait(), from('c', 'vote-request'), 'ignore-vote-request', wait(), []],
    ['has not voted, and is not moved', working(), from('c', 'pre-commit'), 'ignore-misdirected', working(), []],
    ['takes no votes', wait(), from('p1', 'yes'), 'ignore-misdirected', wait(), []],
    [
      'sends clients on',
      wait(),
      asks('r1'),
      'refuse-client',
      wait(),
      [tells('r1', { type: 'not-coordinator', coordinator: 'c' })]
    ]
  ])
})

describe('[Skeen81] the termination protocol', () => {
  clauses(participant('p2'), [
    [
      'the first site that is left takes over',
      wait({ failed: ['c'], coordinator: 'p1' }),
      from('p1', 'recovering'),
      'move-others-to-wait',
      wait({ failed: ['c', 'p1'], coordinator: 'p2', awaiting: ['p3'] }),
      [sends('p3', 'back-to-wait'), patience]
    ],
    [
      'whose turn it is not follows the one whose turn it is, and asks it to take over',
      wait(),
      from('c', 'recovering'),
      'follow-backup',
      wait({ failed: ['c'], coordinator: 'p1' }),
      [sends('p1', 'decision-request'), patience]
    ],
    [
      'and remembers who has failed, for when its turn comes',
      wait(),
      from('p1', 'recovering'),
      'note-failure',
      wait({ failed: ['p1'] }),
      []
    ],
    [
      'phase 1, from p: all are to move to p',
      prepared({ failed: ['p1'] }),
      from('c', 'recovering'),
      'move-others-to-prepared',
      prepared({ failed: ['c', 'p1'], coordinator: 'p2', awaiting: ['p3'] }),
      [sends('p3', 'pre-commit'), patience]
    ],
    [
      'phase 1: who is alone need not wait',
      prepared({ failed: ['p1', 'p3'] }),
      from('c', 'recovering'),
      'decide-alone',
      decided('commit'),
      toAll('commit', 'c', 'p1', 'p3')
    ],
    [
      'phase 1: a site moves back to w if the backup is there, and knows then that all before the backup have failed',
      prepared(),
      from('p1', 'back-to-wait'),
      'move-to-wait',
      wait({ coordinator: 'p1', failed: ['c'] }),
      [sends('p1', 'ack'), patience]
    ],
    [
      'phase 1: one that has not voted aborts',
      working(),
      from('p1', 'back-to-wait'),
      'abort-before-vote',
      decided('abort'),
      [sends('p1', 'abort')]
    ],
    [
      'phase 1: one that has decided says so',
      decided('commit'),
      from('p1', 'pre-commit'),
      'answer-with-decision',
      decided('commit'),
      [sends('p1', 'commit')]
    ],
    [
      'an order of a coordinator that has a backup comes too late',
      wait({ coordinator: 'p1' }),
      from('c', 'pre-commit'),
      'ignore-superseded',
      wait({ coordinator: 'p1' }),
      []
    ],
    [
      'but a decision never does',
      wait({ coordinator: 'p1' }),
      from('c', 'abort'),
      'learn-decision',
      decided('abort'),
      []
    ],
    [
      'phase 2: aborts from w when all have moved',
      wait({ failed: ['c', 'p1'], coordinator: 'p2', awaiting: ['p3'] }),
      from('p3', 'ack'),
      'decide-on-last-ack',
      decided('abort'),
      toAll('abort', 'c', 'p1', 'p3')
    ],
    [
      'phase 2: does not wait for who fails meanwhile',
      prepared({ failed: ['c', 'p1'], coordinator: 'p2', awaiting: ['p3'] }),
      from('p3', 'recovering'),
      'decide-without-failed',
      decided('commit'),
      toAll('commit', 'c', 'p1', 'p3')
    ],
    [
      'a backup that learns the decision tells all',
      prepared({ failed: ['c', 'p1'], coordinator: 'p2', awaiting: ['p3'] }),
      from('p3', 'commit'),
      'learn-and-tell-decision',
      decided('commit'),
      toAll('commit', 'c', 'p1', 'p3')
    ],
    [
      'who is asked by another that waits for it takes over',
      wait(),
      from('p3', 'decision-request'),
      'move-others-to-wait',
      wait({ failed: ['c', 'p1'], coordinator: 'p2', awaiting: ['p3'] }),
      [sends('p3', 'back-to-wait'), patience]
    ],
    [
      'unless it has',
      wait({ failed: ['c', 'p1'], coordinator: 'p2', awaiting: ['p3'] }),
      from('p3', 'decision-request'),
      'ignore-decision-request',
      wait({ failed: ['c', 'p1'], coordinator: 'p2', awaiting: ['p3'] }),
      []
    ],
    [
      'and aborts if it has not voted',
      working(),
      from('p3', 'decision-request'),
      'abort-as-backup',
      decided('abort'),
      toAll('abort', 'c', 'p1', 'p3')
    ],
    [
      'who learns the decision tells those that it knows to have failed: they may have come back',
      wait({ failed: ['p3'] }),
      from('c', 'abort'),
      'learn-decision',
      decided('abort'),
      [sends('p3', 'abort')]
    ],
    ['an acknowledgement is for a backup', wait(), from('p3', 'ack'), 'ignore-ack', wait(), []],
    [
      'a site that has not voted aborts when its coordinator fails',
      working(),
      from('c', 'recovering'),
      'abort-as-backup',
      decided('abort'),
      toAll('abort', 'c', 'p1', 'p3')
    ],
    [
      'and notes who else has failed',
      working(),
      from('p3', 'recovering'),
      'note-failure',
      working('yes', { failed: ['p3'] }),
      []
    ],
    [
      'a site that has decided tells all when one fails: it may be its turn',
      decided('commit'),
      from('p1', 'recovering'),
      'tell-decision-on-failure',
      decided('commit'),
      toAll('commit', 'c', 'p1', 'p3')
    ]
  ])
  clauses(participant('p1'), [
    [
      'phase 2 begins when the last has moved',
      prepared({ failed: ['c'], coordinator: 'p1', awaiting: ['p2', 'p3'] }),
      from('p3', 'ack'),
      'count-ack-as-backup',
      prepared({ failed: ['c'], coordinator: 'p1', awaiting: ['p2'] }),
      []
    ]
  ])

  describe('with timeouts', () =>
    clauses(participant('p2'), [
      [
        'a coordinator that is silent has failed',
        wait({ failed: ['p1'] }),
        patienceEnds,
        'move-others-to-wait',
        wait({ failed: ['c', 'p1'], coordinator: 'p2', awaiting: ['p3'] }),
        [sends('p3', 'back-to-wait'), patience]
      ],
      [
        'and so have those that do not move in time',
        prepared({ failed: ['c', 'p1'], coordinator: 'p2', awaiting: ['p3'] }),
        patienceEnds,
        'decide-without-failed',
        decided('commit'),
        toAll('commit', 'c', 'p1', 'p3')
      ],
      [
        'a site that was not asked aborts',
        working(),
        patienceEnds,
        'abort-as-backup',
        decided('abort'),
        toAll('abort', 'c', 'p1', 'p3')
      ],
      ['one that has decided waits for nobody', decided('abort'), patienceEnds, 'ignore-timeout', decided('abort'), []],
      [
        'one that was down asks again',
        recovered,
        patienceEnds,
        'ask-again',
        recovered,
        [...toAll('recovering', 'c', 'p1', 'p3'), patience]
      ]
    ]))
})

describe('a site that has decided', () => {
  clauses(participant('p1'), [
    [
      'votes no if it has aborted',
      decided('abort'),
      from('c', 'vote-request'),
      'vote-no-after-abort',
      decided('abort'),
      [sends('c', 'no')]
    ],
    [
      'has voted if it has committed',
      decided('commit'),
      from('c', 'vote-request'),
      'ignore-vote-request',
      decided('commit'),
      []
    ],
    ['decides once', decided('commit'), from('c', 'abort'), 'ignore-decision', decided('commit'), []],
    [
      'answers who asks',
      decided('commit'),
      from('p2', 'decision-request'),
      'answer-with-decision',
      decided('commit'),
      [sends('p2', 'commit')]
    ],
    ['waits for nobody', decided('commit'), from('p2', 'ack'), 'ignore-ack', decided('commit'), []]
  ])
  clauses(coordinator, [
    ['tells clients', knows('commit'), asks('r2'), 'tell-outcome', knows('commit'), [outcome('r2', 'commit')]],
    ['counts no votes', knows('abort'), from('p1', 'yes'), 'ignore-vote', knows('abort'), []]
  ])
})

describe('recovery', () => {
  const finds = (who: Self<ThreePhaseCommit>, record: Durable['record']) => threePhaseCommit.recover(who, { record })
  const report = toAll('recovering', 'c', 'p2', 'p3')

  test('who has not voted aborts, and reports that it had failed', () =>
    expect(finds(participant('p1'), null)).toEqual({
      rule: 'recover-undecided',
      state: decided('abort'),
      effects: report
    }))

  test.each(['yes', 'pre-commit'] as const)('who finds %s asks the others and takes no part', (record) =>
    expect(finds(participant('p1'), record)).toEqual({
      rule: 'recover-uncertain',
      state: { role: 'participant', phase: 'recovered', record },
      effects: [...report, patience]
    })
  )

  test.each(['commit', 'abort'] as const)('who had decided stays with it: %s', (decision) =>
    expect(finds(coordinator, decision)).toEqual({
      rule: 'recover-decided',
      state: knows(decision),
      effects: toAll('recovering', 'p1', 'p2', 'p3')
    })
  )

  clauses(participant('p1'), [
    ['who asked learns the decision', recovered, from('p2', 'commit'), 'learn-decision', decided('commit'), []],
    [
      'and asks who comes back after it',
      recovered,
      from('p2', 'recovering'),
      'ask-who-came-back',
      recovered,
      [sends('p2', 'decision-request')]
    ],
    ['and is not moved', recovered, from('p2', 'pre-commit'), 'ignore-while-recovered', recovered, []]
  ])
  clauses(coordinator, [
    [
      'a coordinator that was down cannot tell clients yet',
      { role: 'coordinator', phase: 'recovered', record: 'pre-commit' },
      asks('r1'),
      'tell-not-known-yet',
      { role: 'coordinator', phase: 'recovered', record: 'pre-commit' },
      [tells('r1', { type: 'not-known-yet' })]
    ]
  ])

  test.each<[string, State, Durable['record']]>([
    ['nothing before the vote', working(), null],
    ['nothing of the votes that came in', waiting('p1'), null],
    ['the yes', wait(), 'yes'],
    ['that all have voted yes: the coordinator', preparing('p1'), 'pre-commit'],
    ['that all have voted yes: a participant', prepared(), 'pre-commit'],
    ['what was found, until it is decided', recovered, 'yes'],
    ['the decision', decided('abort'), 'abort']
  ])('on disk is %s', (_clause, state, record) => expect(threePhaseCommit.durable(state)).toEqual({ record }))
})

const arbitraryDecision = fc.constantFrom<Decision>('commit', 'abort')
const arbitraryOthers = fc.subarray(['p1', 'p2', 'p3'], { minLength: 1 })
const arbitraryRecord = fc.constantFrom('yes' as const, 'pre-commit' as const)
const arbitraryCoordinator: fc.Arbitrary<State> = fc.oneof(
  fc.constant(initial),
  fc.subarray(['p1', 'p2', 'p3'], { maxLength: 2 }).map((yes) => waiting(...yes)),
  arbitraryOthers.map((awaiting) => preparing(...awaiting)),
  arbitraryDecision.map(knows),
  arbitraryRecord.map((record): State => ({ role: 'coordinator', phase: 'recovered', record }))
)
const arbitraryKnown = fc.record({
  coordinator: fc.constantFrom('c', 'p1', 'p2'),
  failed: fc.subarray(['c', 'p1']),
  awaiting: fc.constantFrom<Awaiting>(null, ['p3'])
})
const arbitraryParticipant: fc.Arbitrary<State> = fc.oneof(
  fc.tuple(fc.constantFrom<Vote>('yes', 'no'), arbitraryKnown).map(([vote, known]) => working(vote, known)),
  arbitraryKnown.map(wait),
  arbitraryKnown.map(prepared),
  arbitraryDecision.map(decided),
  arbitraryRecord.map((record): State => ({ role: 'participant', phase: 'recovered', record }))
)
const arbitrarySiteAndState = fc.oneof(
  fc.tuple(fc.constant(coordinator), arbitraryCoordinator),
  fc.tuple(fc.constant(participant('p2')), arbitraryParticipant)
)
const arbitraryEvent: fc.Arbitrary<Happening> = fc.oneof(
  fc
    .tuple(
      fc.constantFrom(...nodes),
      fc.constantFrom<Message['type']>(
        'vote-request',
        'yes',
        'no',
        'pre-commit',
        'back-to-wait',
        'ack',
        'commit',
        'abort',
        'recovering',
        'decision-request'
      )
    )
    .map(([sender, type]) => from(sender, type)),
  fc.constant(patienceEnds),
  fc.constantFrom('r1', 'r2').map(asks)
)

describe('the reducer', () => {
  test('answers every event in every state with a declared rule and data that decodes', () =>
    fc.assert(
      fc.property(arbitrarySiteAndState, arbitraryEvent, ([self, state], event) => {
        declaredStep(threePhaseCommit, self, state, event)
      })
    ))

  test('never takes back a decision, nor a vote', () =>
    fc.assert(
      fc.property(arbitrarySiteAndState, arbitraryEvent, ([self, state], event) => {
        const before = threePhaseCommit.durable(state).record
        const after = threePhaseCommit.durable(threePhaseCommit.step(self, state, event).state).record
        if (before === 'commit' || before === 'abort') expect(after).toBe(before)
        if (before === 'yes' || before === 'pre-commit') expect(after).not.toBeNull()
      })
    ))

  test('comes back from a crash with all that it had written', () =>
    fc.assert(
      fc.property(arbitrarySiteAndState, ([self, state]) => {
        const disk = threePhaseCommit.durable(state)
        const read = threePhaseCommit.codecs.durable.decode(JSON.parse(JSON.stringify(disk)))
        if (either.isLeft(read)) throw new Error('the disk does not decode')
        const found = threePhaseCommit.durable(threePhaseCommit.recover(self, read.right).state)
        expect(found).toEqual(disk.record === null ? { record: 'abort' } : disk)
      })
    ))

  test('starts with a client to wait for, or a question', () => {
    expect(threePhaseCommit.initial(coordinator)).toEqual({ rule: 'await-client', state: initial, effects: [] })
    expect(threePhaseCommit.initial(participant('p1'))).toEqual({
      rule: 'await-vote-request',
      state: working(),
      effects: [patience]
    })
  })
})
