// Long because every clause of the sources is a row here, and the rows share one cast of states.
/** The clauses of two-phase commit, one by one, as the sources have them. */
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { either } from 'fp-ts'
import type { Effect, Event, NodeId, Self } from '../spec/kernel/index.ts'
import {
  cooperativeCommit,
  twoPhaseCommit,
  type Coordinator,
  type Decision,
  type Durable,
  type Message,
  type Participant,
  type Rule,
  type State,
  type TwoPhaseCommit,
  type Vote
} from '../spec/two-phase-commit/index.ts'
import { declaredStep } from './support/clauses.ts'

type Happening = Event<TwoPhaseCommit>
type Outward = Effect<TwoPhaseCommit>

const nodes = ['c', 'p1', 'p2']
const coordinator: Self<TwoPhaseCommit> = { id: 'c', nodes, config: { role: 'coordinator' } }
const participant = (vote: Vote): Self<TwoPhaseCommit> => ({
  id: 'p1',
  nodes,
  config: { role: 'participant', coordinator: 'c', vote }
})

const initial: Coordinator = { role: 'coordinator', phase: 'initial' }
const waiting = (yes: ReadonlyArray<NodeId> = [], clients = ['r1']): Coordinator => ({
  role: 'coordinator',
  phase: 'waiting',
  yes,
  clients
})
const knows = (decision: Decision): Coordinator => ({ role: 'coordinator', phase: 'decided', decision })

const member = { role: 'participant', coordinator: 'c' } as const
const working = (vote: Vote): Participant => ({ ...member, phase: 'working', vote })
const prepared: Participant = { ...member, phase: 'prepared' }
const decided = (decision: Decision): Participant => ({ ...member, phase: 'decided', decision })

const from = (sender: NodeId, type: Message['type']): Happening => ({
  type: 'deliver',
  from: sender,
  message: { type }
})
const patienceEnds: Happening = { type: 'timeout', timer: 'patience' }
const asks = (id: string): Happening => ({ type: 'request', id, request: { type: 'end-transaction' } })

const sends = (to: NodeId, type: Message['type']): Outward => ({ type: 'send', to, message: { type } })
const toBoth = (type: Message['type']) => [sends('p1', type), sends('p2', type)]
const tells = (id: string, decision: Decision): Outward => ({
  type: 'reply',
  id,
  response: { type: 'outcome', decision }
})
const patience: Outward = { type: 'start-timer', timer: 'patience' }

type Clause = readonly [string, State, Happening, Rule, State, ReadonlyArray<Outward>]

const clauses = (who: Self<TwoPhaseCommit>, table: ReadonlyArray<Clause>) =>
  test.each(table)('%s', (_clause, state, event, rule, after, effects) =>
    expect(twoPhaseCommit.step(who, state, event)).toEqual({ rule, state: after, effects })
  )

describe('[BHG87] §7.4, the protocol: the coordinator', () => {
  clauses(coordinator, [
    [
      '1. asks all participants for their votes',
      initial,
      asks('r1'),
      'ask-for-votes',
      waiting(),
      [...toBoth('vote-request'), patience]
    ],
    ['3. waits for the votes of all', waiting(), from('p2', 'yes'), 'count-yes', waiting(['p2']), []],
    ['3. counts a vote once', waiting(['p2']), from('p2', 'yes'), 'count-yes', waiting(['p2']), []],
    [
      '3. commits when all have voted yes, and tells all',
      waiting(['p2'], ['r1', 'r2']),
      from('p1', 'yes'),
      'commit-on-last-yes',
      knows('commit'),
      [...toBoth('commit'), tells('r1', 'commit'), tells('r2', 'commit')]
    ],
    [
      '3. aborts on a no, and tells all',
      waiting(['p2']),
      from('p1', 'no'),
      'abort-on-no',
      knows('abort'),
      [...toBoth('abort'), tells('r1', 'abort')]
    ],
    ['a vote before anybody asked says nothing', initial, from('p1', 'yes'), 'ignore-vote', initial, []],
    ['a vote after the decision changes nothing', knows('commit'), from('p1', 'no'), 'ignore-vote', knows('commit'), []]
  ])
})

describe('[BHG87] §7.4, the protocol: a participant', () => {
  clauses(participant('yes'), [
    [
      '2. votes yes, and is uncertain from then on',
      working('yes'),
      from('c', 'vote-request'),
      'vote-yes',
      prepared,
      [sends('c', 'yes'), patience]
    ],
    [
      '2. votes no, and aborts',
      working('no'),
      from('c', 'vote-request'),
      'vote-no',
      decided('abort'),
      [sends('c', 'no')]
    ],
    [
      '2. votes the same when asked again',
      prepared,
      from('c', 'vote-request'),
      'repeat-yes',
      prepared,
      [sends('c', 'yes')]
    ],
    [
      '2. votes no once it has aborted',
      decided('abort'),
      from('c', 'vote-request'),
      'vote-no-after-abort',
      decided('abort'),
      [sends('c', 'no')]
    ],
    [
      '2. has nothing to vote on once it has committed',
      decided('commit'),
      from('c', 'vote-request'),
      'ignore-vote-request',
      decided('commit'),
      []
    ],
    ['4. commits when told to', prepared, from('c', 'commit'), 'learn-commit', decided('commit'), []],
    ['4. aborts when told to', prepared, from('c', 'abort'), 'learn-abort', decided('abort'), []],
    [
      '4. aborts when told to before it was asked',
      working('yes'),
      from('c', 'abort'),
      'learn-abort',
      decided('abort'),
      []
    ],
    ['4. decides once', decided('commit'), from('c', 'abort'), 'ignore-decision', decided('commit'), []],
    ['listens to its coordinator alone', prepared, from('p2', 'commit'), 'ignore-stranger', prepared, []]
  ])
})

describe('[BHG87] §7.4, timeout actions', () => {
  clauses(participant('yes'), [
    [
      'waiting for VOTE-REQ, a participant may abort',
      working('yes'),
      patienceEnds,
      'abort-before-vote',
      decided('abort'),
      []
    ],
    [
      'waiting for the decision, it may only ask',
      prepared,
      patienceEnds,
      'ask-for-decision',
      prepared,
      [sends('c', 'decision-request'), patience]
    ],
    ['having decided, it waits for nothing', decided('commit'), patienceEnds, 'ignore-timeout', decided('commit'), []]
  ])
  clauses(coordinator, [
    [
      'waiting for votes, the coordinator may abort',
      waiting(['p1']),
      patienceEnds,
      'abort-on-missing-votes',
      knows('abort'),
      [...toBoth('abort'), tells('r1', 'abort')]
    ],
    [
      'having decided, the coordinator waits for nothing',
      knows('abort'),
      patienceEnds,
      'ignore-timeout',
      knows('abort'),
      []
    ],
    [
      'the coordinator answers DECISION-REQ with its decision',
      knows('commit'),
      from('p2', 'decision-request'),
      'answer-decision-request',
      knows('commit'),
      [sends('p2', 'commit')]
    ],
    [
      'the coordinator does not answer before it has decided',
      waiting(['p2']),
      from('p2', 'decision-request'),
      'ignore-decision-request',
      waiting(['p2']),
      []
    ]
  ])
})

describe('clients', () => {
  clauses(coordinator, [
    [
      'one that asks while votes come in hears the outcome too',
      waiting(),
      asks('r2'),
      'await-outcome',
      waiting([], ['r1', 'r2']),
      []
    ],
    [
      'one that asks after the decision hears it at once',
      knows('abort'),
      asks('r2'),
      'tell-outcome',
      knows('abort'),
      [tells('r2', 'abort')]
    ],
    [
      'the coordinator takes no decisions from others',
      waiting(),
      from('p1', 'commit'),
      'ignore-misdirected',
      waiting(),
      []
    ]
  ])
  clauses(participant('yes'), [
    [
      'one that asks a participant is sent on',
      prepared,
      asks('r1'),
      'refuse-client',
      prepared,
      [{ type: 'reply', id: 'r1', response: { type: 'not-coordinator', coordinator: 'c' } }]
    ],
    ['a participant takes no votes', prepared, from('c', 'yes'), 'ignore-misdirected', prepared, []]
  ])
})

const finds = (who: Self<TwoPhaseCommit>, record: Durable['record']) => twoPhaseCommit.recover(who, { record })

describe('[BHG87] §7.4, recovery', () => {
  test('[MLO86] a coordinator that finds no decision aborts', () =>
    expect(finds(coordinator, null)).toEqual({
      rule: 'recover-undecided',
      state: knows('abort'),
      effects: toBoth('abort')
    }))

  test.each(['commit', 'abort'] as const)('a coordinator that finds its decision tells all again: %s', (decision) =>
    expect(finds(coordinator, decision)).toEqual({
      rule: 'recover-and-resend',
      state: knows(decision),
      effects: toBoth(decision)
    })
  )

  test('a participant that had not voted yes aborts', () =>
    expect(finds(participant('yes'), null)).toEqual({ rule: 'recover-unvoted', state: decided('abort'), effects: [] }))

  test('a participant that had voted yes must ask, and keep asking', () =>
    expect(finds(participant('yes'), 'yes')).toEqual({
      rule: 'recover-prepared',
      state: prepared,
      effects: [sends('c', 'decision-request'), patience]
    }))

  test.each(['commit', 'abort'] as const)('a participant that had decided stays with it: %s', (decision) =>
    expect(finds(participant('yes'), decision)).toEqual({
      rule: 'recover-decided',
      state: decided(decision),
      effects: []
    })
  )
})

describe('[BHG87] §7.4, what is on disk before a message leaves', () => {
  test.each<[string, State, Durable['record']]>([
    ['nothing before there is a vote or a decision', working('yes'), null],
    ['a yes', prepared, 'yes'],
    ['the decision of a participant', decided('abort'), 'abort'],
    ['nothing of the votes that came in', waiting(['p1']), null],
    ['the decision of the coordinator', knows('commit'), 'commit']
  ])('%s', (_clause, state, record) => expect(twoPhaseCommit.durable(state)).toEqual({ record }))
})

describe('[BHG87] §7.4, the cooperative termination protocol', () => {
  const question = [sends('c', 'decision-request'), sends('p2', 'decision-request'), patience]
  test.each<Clause>([
    ['one that is uncertain asks everybody', prepared, patienceEnds, 'ask-everybody', prepared, question],
    [
      'one that has committed can help',
      decided('commit'),
      from('p2', 'decision-request'),
      'help-with-decision',
      decided('commit'),
      [sends('p2', 'commit')]
    ],
    [
      'one that has not voted aborts, and so can help',
      working('yes'),
      from('p2', 'decision-request'),
      'abort-to-help',
      decided('abort'),
      [sends('p2', 'abort')]
    ],
    ['one that is uncertain itself cannot', prepared, from('p2', 'decision-request'), 'cannot-help', prepared, []],
    ['one that is told decides', prepared, from('p2', 'commit'), 'learn-from-peer', decided('commit'), []],
    ['and once', decided('commit'), from('p2', 'abort'), 'ignore-stranger', decided('commit'), []],
    ['all else is two-phase commit', prepared, from('c', 'commit'), 'learn-commit', decided('commit'), []]
  ])('%s', (_clause, state, event, rule, after, effects) =>
    expect(cooperativeCommit.step(participant('yes'), state, event)).toEqual({ rule, state: after, effects })
  )

  test('one that finds its yes asks everybody, one that finds a decision nobody', () => {
    expect(cooperativeCommit.recover(participant('yes'), { record: 'yes' })).toEqual({
      rule: 'recover-and-ask-everybody',
      state: prepared,
      effects: question
    })
    expect(cooperativeCommit.recover(participant('yes'), { record: 'commit' })).toEqual({
      rule: 'recover-decided',
      state: decided('commit'),
      effects: []
    })
  })
})

const arbitraryDecision = fc.constantFrom<Decision>('commit', 'abort')
const arbitraryNode = fc.constantFrom('c', 'p1', 'p2')
const arbitraryCoordinator: fc.Arbitrary<State> = fc.oneof(
  fc.constant(initial),
  fc.subarray(['p1', 'p2']).map((yes) => waiting(yes)),
  arbitraryDecision.map(knows)
)
const arbitraryParticipant: fc.Arbitrary<State> = fc.oneof(
  fc.constantFrom<Vote>('yes', 'no').map(working),
  fc.constant(prepared),
  arbitraryDecision.map(decided)
)
const arbitraryNodeAndState = fc.oneof(
  fc.tuple(fc.constant(coordinator), arbitraryCoordinator),
  fc.tuple(fc.constantFrom(participant('yes'), participant('no')), arbitraryParticipant)
)
const arbitraryEvent: fc.Arbitrary<Happening> = fc.oneof(
  fc
    .tuple(
      arbitraryNode,
      fc.constantFrom<Message['type']>('vote-request', 'yes', 'no', 'commit', 'abort', 'decision-request')
    )
    .map(([sender, type]) => from(sender, type)),
  fc.constant(patienceEnds),
  fc.constantFrom('r1', 'r2').map(asks)
)

describe.each([twoPhaseCommit, cooperativeCommit])('the reducer of $name', (protocol) => {
  test('answers every event in every state with a declared rule and data that decodes', () =>
    fc.assert(
      fc.property(arbitraryNodeAndState, arbitraryEvent, ([self, state], event) => {
        declaredStep(protocol, self, state, event)
      })
    ))

  test('never takes back what it has written', () =>
    fc.assert(
      fc.property(arbitraryNodeAndState, arbitraryEvent, ([self, state], event) => {
        const before = protocol.durable(state).record
        const after = protocol.durable(protocol.step(self, state, event).state).record
        if (before === 'commit' || before === 'abort') expect(after).toBe(before)
        if (before === 'yes') expect(after).not.toBeNull()
      })
    ))

  test('comes back from a crash with all that it had written', () =>
    fc.assert(
      fc.property(arbitraryNodeAndState, ([self, state]) => {
        const disk = protocol.durable(state)
        const read = protocol.codecs.durable.decode(JSON.parse(JSON.stringify(disk)))
        if (either.isLeft(read)) throw new Error('the disk does not decode')
        const recovered = protocol.durable(protocol.recover(self, read.right).state)
        expect(recovered).toEqual(disk.record === null ? { record: 'abort' } : disk)
      })
    ))

  test('starts with a client to wait for, or a question', () => {
    expect(protocol.initial(coordinator)).toEqual({ rule: 'await-client', state: initial, effects: [] })
    expect(protocol.initial(participant('no'))).toEqual({
      rule: 'await-vote-request',
      state: working('no'),
      effects: [patience]
    })
  })
})
