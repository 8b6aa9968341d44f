// Long because every clause of the source is a row here, and the rows share one cast of states.
/** The clauses of Paxos Commit, one by one, as the source has them. */
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { either } from 'fp-ts'
import type { Effect, Event, NodeId, Self } from '../spec/kernel/index.ts'
import {
  paxosCommit,
  type Acceptor,
  type Cluster,
  type Decision,
  type Durable,
  type Leader,
  type Message,
  type PaxosCommit,
  type ResourceManager,
  type Response,
  type Rule,
  type State,
  type Tally,
  type Value,
  type Values,
  type Votes
} from '../spec/paxos-commit/index.ts'
import { declaredStep } from './support/clauses.ts'

type Happening = Event<PaxosCommit>
type Outward = Effect<PaxosCommit>

const cluster: Cluster = {
  resourceManagers: ['r1', 'r2'],
  acceptors: ['a1', 'a2', 'a3'],
  leaders: ['l1', 'l2']
}
const nodes = [...cluster.leaders, ...cluster.resourceManagers, ...cluster.acceptors]
const manager = (vote: Value = 'prepared'): Self<PaxosCommit> => ({
  id: 'r1',
  nodes,
  config: { role: 'resource-manager', cluster, vote }
})
const acceptor: Self<PaxosCommit> = { id: 'a1', nodes, config: { role: 'acceptor', cluster } }
const leader = (id = 'l1'): Self<PaxosCommit> => ({ id, nodes, config: { role: 'leader', cluster } })

const working = (vote: Value = 'prepared'): ResourceManager => ({ role: 'resource-manager', phase: 'working', vote })
const prepared: ResourceManager = { role: 'resource-manager', phase: 'prepared' }
const decided = (decision: Decision): ResourceManager => ({ role: 'resource-manager', phase: 'decided', decision })

const accepting = (promised: number, votes: Votes = {}): Acceptor => ({ role: 'acceptor', promised, votes })
const at = (ballot: number, value: Value) => ({ ballot, value })

const listening = (tally: Tally = {}, clients: ReadonlyArray<string> = []): Leader => ({
  role: 'leader',
  phase: 'listening',
  ballot: 0,
  clients,
  tally
})
const collecting = (ballot: number, promised: ReadonlyArray<NodeId>, votes: Votes = {}): Leader => ({
  role: 'leader',
  phase: 'collecting-promises',
  ballot,
  clients: ['c'],
  promised,
  votes
})
const proposing = (ballot: number, values: Values, tally: Tally = {}): Leader => ({
  role: 'leader',
  phase: 'collecting-votes',
  ballot,
  clients: ['c'],
  values,
  tally
})
const knows = (decision: Decision, ballot = 0): Leader => ({
  role: 'leader',
  phase: 'decided',
  ballot,
  clients: [],
  decision
})
const by = (value: Value, ...acceptors: ReadonlyArray<NodeId>) => ({ value, acceptors })

const from = (sender: NodeId, message: Message): Happening => ({ type: 'deliver', from: sender, message })
const patienceEnds: Happening = { type: 'timeout', timer: 'patience' }
const asks = (id: string): Happening => ({ type: 'request', id, request: { type: 'end-transaction' } })

const sends = (to: ReadonlyArray<NodeId>, message: Message): ReadonlyArray<Outward> =>
  to.map((one) => ({ type: 'send', to: one, message }))
const tells = (id: string, response: Response): Outward => ({ type: 'reply', id, response })
const outcome = (id: string, decision: Decision) => tells(id, { type: 'outcome', decision })
const patience: Outward = { type: 'start-timer', timer: 'patience' }

const phase1a = (ballot: number): Message => ({ type: 'phase-1a', ballot })
const phase1b = (ballot: number, votes: Votes): Message => ({ type: 'phase-1b', ballot, votes })
const phase2a = (ballot: number, values: Values): Message => ({ type: 'phase-2a', ballot, values })
const phase2b = (ballot: number, values: Values): Message => ({ type: 'phase-2b', ballot, values })
const announced = (decision: Decision, ...other: ReadonlyArray<NodeId>) =>
  sends(['r1', 'r2', ...other], { type: decision })
const question: Message = { type: 'decision-request' }

type Clause = readonly [string, State, Happening, Rule, State, ReadonlyArray<Outward>]

const clauses = (who: Self<PaxosCommit>, table: ReadonlyArray<Clause>) =>
  test.each(table)('%s', (_clause, state, event, rule, after, effects) =>
    expect(paxosCommit.step(who, state, event)).toEqual({ rule, state: after, effects })
  )

describe('[GL06] §4.2, a resource manager', () => {
  const proposes = (value: Value) => sends(cluster.acceptors, phase2a(0, { r1: value }))
  clauses(manager(), [
    [
      'votes prepared in ballot 0 of its own instance',
      working(),
      from('l1', { type: 'prepare' }),
      'vote-prepared',
      prepared,
      [...proposes('prepared'), patience]
    ],
    [
      'may abort until it is asked: nobody else can propose in ballot 0',
      working(),
      patienceEnds,
      'abort-before-vote',
      decided('abort'),
      proposes('aborted')
    ],
    [
      'votes again when asked again',
      prepared,
      from('l1', { type: 'prepare' }),
      'repeat-vote',
      prepared,
      proposes('prepared')
    ],
    [
      'and the same, when it has aborted',
      decided('abort'),
      from('l1', { type: 'prepare' }),
      'repeat-vote',
      decided('abort'),
      proposes('aborted')
    ],
    [
      'has nothing to vote on once it has committed',
      decided('commit'),
      from('l1', { type: 'prepare' }),
      'ignore-decision',
      decided('commit'),
      []
    ],
    [
      'asks all leaders when it has waited long enough',
      prepared,
      patienceEnds,
      'repeat-vote-and-ask',
      prepared,
      [...proposes('prepared'), ...sends(cluster.leaders, question), patience]
    ],
    ['commits when told to', prepared, from('l2', { type: 'commit' }), 'learn-decision', decided('commit'), []],
    ['aborts when told to', working(), from('l2', { type: 'abort' }), 'learn-decision', decided('abort'), []],
    ['decides once', decided('commit'), from('l2', { type: 'abort' }), 'ignore-decision', decided('commit'), []],
    ['having decided, waits for nothing', decided('abort'), patienceEnds, 'ignore-timeout', decided('abort'), []],
    ['is no acceptor', prepared, from('l1', phase1a(1)), 'ignore-misdirected', prepared, []],
    [
      'sends clients on',
      prepared,
      asks('c'),
      'refuse-client',
      prepared,
      [tells('c', { type: 'not-leader', leaders: ['l1', 'l2'] })]
    ]
  ])
  clauses(manager('aborted'), [
    [
      'votes to abort, and aborts: nothing else can be chosen in its instance',
      working('aborted'),
      from('l1', { type: 'prepare' }),
      'vote-aborted',
      decided('abort'),
      proposes('aborted')
    ]
  ])
})

describe('[GL06] §4.2, an acceptor', () => {
  clauses(acceptor, [
    [
      'phase 1b: promises, and reports its votes in all instances',
      accepting(0, { r1: at(0, 'prepared') }),
      from('l2', phase1a(2)),
      'promise',
      accepting(2, { r1: at(0, 'prepared') }),
      sends(['l2'], phase1b(2, { r1: at(0, 'prepared') }))
    ],
    ['phase 1b: once for a ballot', accepting(2), from('l2', phase1a(2)), 'refuse-old-ballot', accepting(2), []],
    ['phase 1b: for no ballot below', accepting(2), from('l1', phase1a(1)), 'refuse-old-ballot', accepting(2), []],
    [
      'phase 2b of ballot 0: votes for what the resource manager proposes',
      accepting(0),
      from('r1', phase2a(0, { r1: 'prepared' })),
      'vote',
      accepting(0, { r1: at(0, 'prepared') }),
      []
    ],
    [
      'phase 2b of ballot 0: reports to the first leader when it has voted in all instances',
      accepting(0, { r1: at(0, 'prepared') }),
      from('r2', phase2a(0, { r2: 'prepared' })),
      'vote-and-report',
      accepting(0, { r1: at(0, 'prepared'), r2: at(0, 'prepared') }),
      sends(['l1'], phase2b(0, { r1: 'prepared', r2: 'prepared' }))
    ],
    [
      'phase 2b of ballot 0: reports an abort at once',
      accepting(0),
      from('r2', phase2a(0, { r2: 'aborted' })),
      'vote-and-report',
      accepting(0, { r2: at(0, 'aborted') }),
      sends(['l1'], phase2b(0, { r2: 'aborted' }))
    ],
    [
      'phase 2b: votes in the ballot that it has promised, in all instances',
      accepting(2, { r1: at(0, 'prepared') }),
      from('l2', phase2a(2, { r1: 'prepared', r2: 'aborted' })),
      'vote-and-report',
      accepting(2, { r1: at(2, 'prepared'), r2: at(2, 'aborted') }),
      sends(['l2'], phase2b(2, { r1: 'prepared', r2: 'aborted' }))
    ],
    [
      'phase 2b: and reports no vote of a ballot below',
      accepting(2, { r2: at(0, 'aborted') }),
      from('l2', phase2a(2, { r1: 'prepared' })),
      'vote',
      accepting(2, { r1: at(2, 'prepared'), r2: at(0, 'aborted') }),
      []
    ],
    [
      'phase 2b: and in one above',
      accepting(0),
      from('l1', phase2a(1, { r1: 'aborted', r2: 'aborted' })),
      'vote-and-report',
      accepting(1, { r1: at(1, 'aborted'), r2: at(1, 'aborted') }),
      sends(['l1'], phase2b(1, { r1: 'aborted', r2: 'aborted' }))
    ],
    [
      'phase 2b: and in none below',
      accepting(1),
      from('r1', phase2a(0, { r1: 'prepared' })),
      'refuse-old-ballot',
      accepting(1),
      []
    ],
    ['decides nothing', accepting(1), from('l1', { type: 'commit' }), 'ignore-misdirected', accepting(1), []],
    ['waits for nothing', accepting(1), patienceEnds, 'ignore-timeout', accepting(1), []],
    [
      'sends clients on',
      accepting(0),
      asks('c'),
      'refuse-client',
      accepting(0),
      [tells('c', { type: 'not-leader', leaders: ['l1', 'l2'] })]
    ]
  ])
})

describe('[GL06] §4.2, the leader of ballot 0', () => {
  const bothPrepared: Values = { r1: 'prepared', r2: 'prepared' }
  clauses(leader(), [
    [
      'asks all resource managers',
      listening(),
      asks('c'),
      'send-prepare',
      listening({}, ['c']),
      [...sends(['r1', 'r2'], { type: 'prepare' }), patience]
    ],
    [
      'lets another client wait with the first',
      listening({}, ['c']),
      asks('d'),
      'await-outcome',
      listening({}, ['c', 'd']),
      []
    ],
    [
      'counts what the acceptors have voted',
      listening({}, ['c']),
      from('a1', phase2b(0, bothPrepared)),
      'count-votes',
      listening({ r1: by('prepared', 'a1'), r2: by('prepared', 'a1') }, ['c']),
      []
    ],
    [
      'counts an acceptor once',
      listening({ r1: by('prepared', 'a1'), r2: by('prepared', 'a1') }),
      from('a1', phase2b(0, bothPrepared)),
      'count-votes',
      listening({ r1: by('prepared', 'a1'), r2: by('prepared', 'a1') }),
      []
    ],
    [
      'commits when a majority has voted prepared in every instance',
      listening({ r1: by('prepared', 'a1'), r2: by('prepared', 'a1') }, ['c']),
      from('a3', phase2b(0, bothPrepared)),
      'decide',
      knows('commit'),
      [...announced('commit', 'l2'), outcome('c', 'commit')]
    ],
    [
      'does not commit for one instance',
      listening({ r1: by('prepared', 'a1') }),
      from('a3', phase2b(0, { r1: 'prepared' })),
      'count-votes',
      listening({ r1: by('prepared', 'a1', 'a3') }),
      []
    ],
    [
      'aborts for one instance',
      listening({ r2: by('aborted', 'a1') }, ['c']),
      from('a2', phase2b(0, { r2: 'aborted' })),
      'decide',
      knows('abort'),
      [...announced('abort', 'l2'), outcome('c', 'abort')]
    ]
  ])
})

describe('[GL06] §4.2, a leader of a later ballot', () => {
  clauses(leader('l2'), [
    [
      'phase 1a: begins the first ballot that is its own, in all instances',
      listening({}, ['c']),
      patienceEnds,
      'begin-ballot',
      collecting(2, []),
      [...sends(cluster.acceptors, phase1a(2)), patience]
    ],
    [
      'phase 1a: and then the next',
      proposing(2, { r1: 'aborted', r2: 'aborted' }),
      patienceEnds,
      'begin-ballot',
      collecting(4, []),
      [...sends(cluster.acceptors, phase1a(4)), patience]
    ],
    [
      'waits for a majority of promises',
      collecting(2, []),
      from('a1', phase1b(2, { r1: at(0, 'prepared') })),
      'count-promise',
      collecting(2, ['a1'], { r1: at(0, 'prepared') }),
      []
    ],
    [
      'phase 2a: proposes what was voted in the highest ballot, and aborted where it is free',
      collecting(4, ['a1'], { r1: at(0, 'prepared') }),
      from('a3', phase1b(4, { r1: at(1, 'aborted') })),
      'propose',
      proposing(4, { r1: 'aborted', r2: 'aborted' }),
      sends(cluster.acceptors, phase2a(4, { r1: 'aborted', r2: 'aborted' }))
    ],
    [
      'phase 2a: in whichever order the promises come',
      collecting(4, ['a1'], { r1: at(1, 'prepared'), r2: at(1, 'prepared') }),
      from('a3', phase1b(4, { r1: at(0, 'prepared'), r2: at(0, 'aborted') })),
      'propose',
      proposing(4, { r1: 'prepared', r2: 'prepared' }),
      sends(cluster.acceptors, phase2a(4, { r1: 'prepared', r2: 'prepared' }))
    ],
    [
      'decides when a majority has voted',
      proposing(2, { r1: 'prepared', r2: 'prepared' }, { r1: by('prepared', 'a1'), r2: by('prepared', 'a1') }),
      from('a2', phase2b(2, { r1: 'prepared', r2: 'prepared' })),
      'decide',
      knows('commit', 2),
      [...announced('commit', 'l1'), outcome('c', 'commit')]
    ],
    [
      'takes no promise of another ballot',
      collecting(4, []),
      from('a1', phase1b(2, {})),
      'ignore-other-ballot',
      collecting(4, []),
      []
    ],
    [
      'takes no vote of another ballot',
      proposing(4, { r1: 'aborted', r2: 'aborted' }),
      from('a1', phase2b(2, { r1: 'prepared', r2: 'prepared' })),
      'ignore-other-ballot',
      proposing(4, { r1: 'aborted', r2: 'aborted' }),
      []
    ],
    [
      'needs no more promises than a majority',
      proposing(2, { r1: 'aborted', r2: 'aborted' }),
      from('a2', phase1b(2, {})),
      'ignore-other-ballot',
      proposing(2, { r1: 'aborted', r2: 'aborted' }),
      []
    ],
    [
      'needs no more votes than a majority',
      knows('abort', 2),
      from('a2', phase2b(2, { r1: 'aborted', r2: 'aborted' })),
      'ignore-other-ballot',
      knows('abort', 2),
      []
    ]
  ])
})

describe('leaders, each other and those who ask', () => {
  clauses(leader(), [
    [
      'one that hears a decision takes it, and tells its clients',
      collecting(1, ['a1']),
      from('l2', { type: 'commit' }),
      'learn-from-leader',
      knows('commit', 1),
      [outcome('c', 'commit')]
    ],
    ['decides once', knows('commit'), from('l2', { type: 'commit' }), 'ignore-decision', knows('commit'), []],
    [
      'answers who asks',
      knows('abort'),
      from('r2', question),
      'answer-decision-request',
      knows('abort'),
      sends(['r2'], { type: 'abort' })
    ],
    [
      'takes an interest where it has nothing to answer',
      listening(),
      from('r2', question),
      'begin-watching',
      listening(),
      [patience]
    ],
    ['tells clients', knows('abort'), asks('d'), 'tell-outcome', knows('abort'), [outcome('d', 'abort')]],
    ['having decided, waits for nothing', knows('abort'), patienceEnds, 'ignore-timeout', knows('abort'), []],
    ['is no acceptor', listening(), from('l2', phase1a(2)), 'ignore-misdirected', listening(), []]
  ])
})

describe('recovery', () => {
  test('a resource manager that finds no vote aborts', () =>
    expect(paxosCommit.recover(manager(), { role: 'resource-manager', record: null })).toEqual({
      rule: 'recover-unvoted',
      state: decided('abort'),
      effects: sends(cluster.acceptors, phase2a(0, { r1: 'aborted' }))
    }))

  test('one that finds that it is prepared votes again and asks', () =>
    expect(paxosCommit.recover(manager(), { role: 'resource-manager', record: 'prepared' })).toEqual({
      rule: 'recover-prepared',
      state: prepared,
      effects: [
        ...sends(cluster.acceptors, phase2a(0, { r1: 'prepared' })),
        ...sends(cluster.leaders, question),
        patience
      ]
    }))

  test('one that had decided stays with it', () =>
    expect(paxosCommit.recover(manager(), { role: 'resource-manager', record: 'commit' })).toEqual({
      rule: 'recover-decided',
      state: decided('commit'),
      effects: []
    }))

  test('an acceptor finds its promise and its votes', () => {
    const disk = accepting(2, { r1: at(0, 'prepared') })
    expect(paxosCommit.recover(acceptor, disk)).toEqual({ rule: 'reopen-votes', state: disk, effects: [] })
  })

  test('a leader goes on after its last ballot', () =>
    expect(paxosCommit.recover(leader(), { role: 'leader', ballot: 3, decision: null })).toEqual({
      rule: 'recover-undecided',
      state: { role: 'leader', phase: 'listening', ballot: 3, clients: [], tally: {} },
      effects: [patience]
    }))

  test('a leader that had decided tells all again', () =>
    expect(paxosCommit.recover(leader(), { role: 'leader', ballot: 1, decision: 'commit' })).toEqual({
      rule: 'recover-and-resend',
      state: knows('commit', 1),
      effects: announced('commit', 'l2')
    }))

  test.each<[string, State, Durable]>([
    ['nothing before the vote', working(), { role: 'resource-manager', record: null }],
    ['that it is prepared', prepared, { role: 'resource-manager', record: 'prepared' }],
    ['the decision', decided('abort'), { role: 'resource-manager', record: 'abort' }],
    ['all of an acceptor', accepting(1, { r1: at(1, 'aborted') }), accepting(1, { r1: at(1, 'aborted') })],
    ['the ballot of a leader', collecting(1, ['a1']), { role: 'leader', ballot: 1, decision: null }],
    ['the decision of a leader', knows('commit', 1), { role: 'leader', ballot: 1, decision: 'commit' }]
  ])('on disk is %s', (_clause, state, disk) => expect(paxosCommit.durable(state)).toEqual(disk))
})

const arbitraryDecision = fc.constantFrom<Decision>('commit', 'abort')
const arbitraryValue = fc.constantFrom<Value>('prepared', 'aborted')
const arbitraryBallot = fc.nat(3)
const arbitraryValues: fc.Arbitrary<Values> = fc.record({ r1: arbitraryValue, r2: arbitraryValue })
const arbitraryVote = fc.record({ ballot: arbitraryBallot, value: arbitraryValue })
const arbitraryVotes: fc.Arbitrary<Votes> = fc.record({ r1: arbitraryVote, r2: arbitraryVote }, { requiredKeys: [] })
const arbitraryAcceptors = fc.subarray(['a1', 'a2', 'a3'], { maxLength: 1 })
const arbitraryTally: fc.Arbitrary<Tally> = fc.record(
  { r1: fc.record({ value: arbitraryValue, acceptors: arbitraryAcceptors }) },
  { requiredKeys: [] }
)
const arbitraryManager: fc.Arbitrary<State> = fc.oneof(
  arbitraryValue.map(working),
  fc.constant(prepared),
  arbitraryDecision.map(decided)
)
const arbitraryLeader: fc.Arbitrary<State> = fc.oneof(
  arbitraryTally.map((tally) => listening(tally)),
  fc.tuple(arbitraryBallot, arbitraryAcceptors, arbitraryVotes).map((given) => collecting(...given)),
  fc.tuple(arbitraryBallot, arbitraryValues, arbitraryTally).map((given) => proposing(...given)),
  arbitraryDecision.map((decision) => knows(decision))
)
const arbitraryNodeAndState = fc.oneof(
  fc.tuple(arbitraryValue.map(manager), arbitraryManager),
  fc.tuple(
    fc.constant(acceptor),
    fc.tuple(arbitraryBallot, arbitraryVotes).map(([promised, votes]): State => accepting(promised, votes))
  ),
  fc.tuple(fc.constantFrom(leader('l1'), leader('l2')), arbitraryLeader)
)
const arbitraryMessage: fc.Arbitrary<Message> = fc.oneof(
  fc.constantFrom<Message>({ type: 'prepare' }, { type: 'commit' }, { type: 'abort' }, question),
  arbitraryBallot.map((ballot) => phase1a(ballot + 1)),
  fc.tuple(arbitraryBallot, arbitraryVotes).map(([ballot, votes]) => phase1b(ballot + 1, votes)),
  fc.tuple(arbitraryBallot, arbitraryValues).map(([ballot, values]) => phase2a(ballot, values)),
  fc.tuple(arbitraryBallot, arbitraryValues).map(([ballot, values]) => phase2b(ballot, values))
)
const arbitraryEvent: fc.Arbitrary<Happening> = fc.oneof(
  fc.tuple(fc.constantFrom(...nodes), arbitraryMessage).map(([sender, message]) => from(sender, message)),
  fc.constant(patienceEnds),
  fc.constantFrom('c', 'd').map(asks)
)

describe('the reducer', () => {
  test('answers every event in every state with a declared rule and data that decodes', () =>
    fc.assert(
      fc.property(arbitraryNodeAndState, arbitraryEvent, ([self, state], event) => {
        declaredStep(paxosCommit, self, state, event)
      })
    ))

  test('promises and ballots never fall, votes are never taken back but by later ones, decisions never', () =>
    fc.assert(
      fc.property(arbitraryNodeAndState, arbitraryEvent, ([self, state], event) => {
        const before = paxosCommit.durable(state)
        const after = paxosCommit.durable(paxosCommit.step(self, state, event).state)
        if (before.role === 'acceptor' && after.role === 'acceptor') {
          expect(after.promised).toBeGreaterThanOrEqual(before.promised)
          Object.keys(before.votes).forEach((id) => expect(after.votes[id]).toBeDefined())
        }
        if (before.role === 'leader' && after.role === 'leader') {
          expect(after.ballot).toBeGreaterThanOrEqual(before.ballot)
          if (before.decision !== null) expect(after.decision).toBe(before.decision)
        }
        if (before.role === 'resource-manager' && after.role === 'resource-manager') {
          if (before.record === 'commit' || before.record === 'abort') expect(after.record).toBe(before.record)
          if (before.record === 'prepared') expect(after.record).not.toBeNull()
        }
      })
    ))

  test('comes back from a crash with all that it had written', () =>
    fc.assert(
      fc.property(arbitraryNodeAndState, ([self, state]) => {
        const disk = paxosCommit.durable(state)
        const read = paxosCommit.codecs.durable.decode(JSON.parse(JSON.stringify(disk)))
        if (either.isLeft(read)) throw new Error('the disk does not decode')
        const found = paxosCommit.durable(paxosCommit.recover(self, read.right).state)
        const isUnvoted = disk.role === 'resource-manager' && disk.record === null
        expect(found).toEqual(isUnvoted ? { role: 'resource-manager', record: 'abort' } : disk)
      })
    ))

  test('starts with nothing voted', () => {
    expect(paxosCommit.initial(manager())).toEqual({
      rule: 'await-prepare',
      state: working(),
      effects: [patience]
    })
    expect(paxosCommit.initial(acceptor)).toEqual({ rule: 'await-ballots', state: accepting(0), effects: [] })
    expect(paxosCommit.initial(leader())).toEqual({ rule: 'await-client', state: listening(), effects: [] })
  })
})
