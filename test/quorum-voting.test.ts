/** Quorum voting: the clauses of its sources one by one, and the verdicts of its models. */
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { either } from 'fp-ts'
import crashesModel from '../models/quorum-voting/crashes.model.ts'
import forgottenCopy from '../models/quorum-voting/forgotten-copy.model.ts'
import lostUpdate from '../models/quorum-voting/lost-update.model.ts'
import noWriteBack from '../models/quorum-voting/no-write-back.model.ts'
import overwritten from '../models/quorum-voting/overwritten.model.ts'
import partitionModel from '../models/quorum-voting/partition.model.ts'
import regularModel from '../models/quorum-voting/regular.model.ts'
import { regular } from '../models/quorum-voting/regular.ts'
import staleRead from '../models/quorum-voting/stale-read.model.ts'
import weightedModel from '../models/quorum-voting/weighted.model.ts'
import writeOneModel from '../models/quorum-voting/write-one.model.ts'
import writersModel from '../models/quorum-voting/writers.model.ts'
import { check } from '../src/checker/index.ts'
import type { Model } from '../src/model/model.ts'
import type { ClientRecord, Effect, Event, NodeId, Self } from '../spec/kernel/index.ts'
import {
  isNewer,
  quorumVoting,
  unwritten,
  type Config,
  type Copy,
  type Message,
  type Operation,
  type Querying,
  type QuorumVoting,
  type Request,
  type Rule,
  type State,
  type Storing
} from '../spec/quorum-voting/index.ts'
import { declaredStep } from './support/clauses.ts'
import { expectCounterexample } from './support/counterexample.ts'
import { rightOf } from './support/runs.ts'

type Outward = Effect<QuorumVoting>
type Happening = Event<QuorumVoting>

const nodes = ['n1', 'n2', 'n3']
const votes = { n1: 1, n2: 1, n3: 1 }
const n1 = (config: Partial<Config> = {}): Self<QuorumVoting> => ({
  id: 'n1',
  nodes,
  config: { votes, readQuorum: 2, writeQuorum: 2, writeBack: true, ...config }
})

const copy = (number: number, writer: NodeId, value: string): Copy => ({ version: { number, writer }, value })
const x = copy(1, 'n2', 'x')
const y = copy(2, 'n3', 'y')
const read: Request = { type: 'read' }
const write: Request = { type: 'write', value: 'z' }
const holds = (held: Copy, ...operations: ReadonlyArray<Operation>): State => ({ copy: held, operations })
const querying = (request: Request, more: Partial<Querying> = {}): Querying => ({
  round: 'query',
  id: 'r1',
  request,
  heard: ['n1'],
  latest: x,
  holders: ['n1'],
  ...more
})
const storing = (request: Request, stored: Copy, by: ReadonlyArray<NodeId> = ['n1']): Storing => ({
  round: 'store',
  id: 'r1',
  request,
  copy: stored,
  stored: by
})

const asks = (request: Request): Happening => ({ type: 'request', id: 'r1', request })
const from = (sender: NodeId, message: Message): Happening => ({ type: 'deliver', from: sender, message })
const holding = (held: Copy): Message => ({ type: 'holding', operation: 'r1', ...held })
const store = (held: Copy): Message => ({ type: 'store', operation: 'r1', ...held })
const stored: Message = { type: 'stored', operation: 'r1' }
const query: Message = { type: 'query', operation: 'r1' }
const again: Happening = { type: 'timeout', timer: 'resend' }

const to = (message: Message, ...receivers: ReadonlyArray<NodeId>): ReadonlyArray<Outward> =>
  receivers.map((node) => ({ type: 'send', to: node, message }))
const toBoth = (message: Message) => to(message, 'n2', 'n3')
const armed: Outward = { type: 'start-timer', timer: 'resend' }
const disarmed: Outward = { type: 'stop-timer', timer: 'resend' }
const found = (value: string | null): Outward => ({ type: 'reply', id: 'r1', response: { type: 'found', value } })
const written: Outward = { type: 'reply', id: 'r1', response: { type: 'written' } }

type Clause = readonly [string, State, Happening, Rule, State, ReadonlyArray<Outward>]
const clauses = (self: Self<QuorumVoting>, table: ReadonlyArray<Clause>) =>
  test.each(table)('%s', (_clause, state, event, rule, after, effects) =>
    expect(quorumVoting.step(self, state, event)).toEqual({ rule, state: after, effects })
  )

const z = copy(3, 'n1', 'z')

describe('[LS97], first round', () => {
  clauses(n1(), [
    [
      'a read asks all what they hold, and counts itself',
      holds(x),
      asks(read),
      'query',
      holds(x, querying(read)),
      [...toBoth(query), armed]
    ],
    ['a write asks as well', holds(x), asks(write), 'query', holds(x, querying(write)), [...toBoth(query), armed]],
    [
      'a write chooses the next version of the newest in a read quorum, and holds it before it tells',
      holds(x, querying(write)),
      from('n3', holding(y)),
      'store-next-version',
      holds(z, storing(write, z)),
      [...toBoth(store(z)), armed]
    ],
    [
      'what this node has learnt since it asked counts too, so it never chooses a version twice',
      holds(y, querying(write)),
      from('n3', holding(unwritten)),
      'store-next-version',
      holds(z, storing(write, z)),
      [...toBoth(store(z)), armed]
    ],
    [
      'a read writes back the newest in a read quorum',
      holds(x, querying(read)),
      from('n3', holding(y)),
      'write-back',
      holds(y, storing(read, y)),
      [...toBoth(store(y)), armed]
    ],
    [
      'a read whose answer a write quorum holds already need not write back',
      holds(x, querying(read)),
      from('n2', holding(x)),
      'answer-read',
      holds(x),
      [disarmed, found('x')]
    ],
    ['an answer to nothing is ignored', holds(x), from('n2', holding(y)), 'ignore-late-holding', holds(x), []]
  ])
  clauses(n1({ writeBack: false }), [
    [
      'without write-back a read answers at once, and keeps nothing',
      holds(x, querying(read)),
      from('n3', holding(y)),
      'answer-read',
      holds(x),
      [disarmed, found('y')]
    ]
  ])
})

describe('[LS97], second round', () => {
  clauses(n1(), [
    [
      'a write is acknowledged when a write quorum holds it',
      holds(z, storing(write, z)),
      from('n3', stored),
      'acknowledge-write',
      holds(z),
      [disarmed, written]
    ],
    [
      'a read is answered when a write quorum holds what it found',
      holds(z, storing(read, y)),
      from('n2', stored),
      'answer-read',
      holds(z),
      [disarmed, found('y')]
    ],
    ['an acknowledgement of nothing is ignored', holds(x), from('n2', stored), 'ignore-late-stored', holds(x), []],
    [
      'one that comes in the first round is ignored',
      holds(x, querying(write)),
      from('n2', stored),
      'ignore-late-stored',
      holds(x, querying(write)),
      []
    ],
    [
      'who has not answered is asked again',
      holds(z, querying(read, { heard: ['n1', 'n2'] }), { ...storing(write, z, ['n1', 'n3']), id: 'r2' }),
      again,
      'resend',
      holds(z, querying(read, { heard: ['n1', 'n2'] }), { ...storing(write, z, ['n1', 'n3']), id: 'r2' }),
      [...to(query, 'n3'), ...to({ type: 'store', operation: 'r2', ...z }, 'n2'), armed]
    ]
  ])
})

describe('[Gifford79], representatives and votes', () => {
  clauses(n1(), [
    ['a representative tells what it holds', holds(x), from('n2', query), 'tell-copy', holds(x), to(holding(x), 'n2')],
    ['it takes what is newer', holds(x), from('n3', store(y)), 'replace-copy', holds(y), to(stored, 'n3')],
    ['it keeps what is newer', holds(y), from('n3', store(x)), 'keep-copy', holds(y), to(stored, 'n3')]
  ])
  clauses(n1({ votes: { n1: 2, n2: 1, n3: 1 }, writeQuorum: 3 }), [
    [
      'two votes are a read quorum of their own',
      holds(x),
      asks(read),
      'write-back',
      holds(x, storing(read, x)),
      [...toBoth(store(x)), armed]
    ]
  ])
  clauses(n1({ votes: { n1: 0, n2: 1, n3: 1 } }), [
    [
      'a representative without votes counts for nothing',
      holds(x, querying(read)),
      from('n2', holding(y)),
      'count-holding',
      holds(x, querying(read, { heard: ['n1', 'n2'], latest: y, holders: ['n2'] })),
      []
    ],
    [
      'in the second round as well',
      holds(z, storing(write, z)),
      from('n2', stored),
      'count-stored',
      holds(z, storing(write, z, ['n1', 'n2'])),
      []
    ]
  ])
  clauses(n1({ readQuorum: 1, writeQuorum: 1 }), [
    [
      'with quorums of one vote a write asks nobody, and still tells all',
      holds(y),
      asks(write),
      'acknowledge-write',
      holds(z),
      [...toBoth(store(z)), disarmed, written]
    ]
  ])

  test('a crash keeps the copy and forgets the operations', () => {
    const disk = quorumVoting.durable(holds(y, querying(read)))
    expect(quorumVoting.recover(n1(), disk)).toEqual({ rule: 'hold-what-is-on-disk', state: holds(y), effects: [] })
    expect(quorumVoting.initial(n1())).toEqual({ rule: 'hold-nothing', state: holds(unwritten), effects: [] })
  })
})

const arbitraryCopy = fc.constantFrom(unwritten, x, y, z)
const arbitraryRequest = fc.constantFrom(read, write)
const arbitraryNodes = fc.subarray(['n2', 'n3']).map((more) => ['n1', ...more])
const arbitraryOperation: fc.Arbitrary<Operation> = fc.oneof(
  fc.record({
    round: fc.constant('query' as const),
    id: fc.constant('r1'),
    request: arbitraryRequest,
    heard: arbitraryNodes,
    latest: arbitraryCopy,
    holders: arbitraryNodes
  }),
  fc.record({
    round: fc.constant('store' as const),
    id: fc.constant('r1'),
    request: arbitraryRequest,
    copy: arbitraryCopy,
    stored: arbitraryNodes
  })
)
const arbitraryState: fc.Arbitrary<State> = fc.record({
  copy: arbitraryCopy,
  operations: fc.array(arbitraryOperation, { maxLength: 1 })
})
const arbitraryMessage: fc.Arbitrary<Message> = fc.oneof(
  fc.constantFrom(query, stored),
  arbitraryCopy.map(holding),
  arbitraryCopy.map(store)
)
const arbitraryEvent: fc.Arbitrary<Happening> = fc.oneof(
  fc.tuple(fc.constantFrom('n2', 'n3'), arbitraryMessage).map(([sender, message]) => from(sender, message)),
  fc.constant(again),
  arbitraryRequest.map((request): Happening => ({ type: 'request', id: 'r2', request }))
)
const arbitraryConfig: fc.Arbitrary<Partial<Config>> = fc.record({
  readQuorum: fc.integer({ min: 1, max: 3 }),
  writeQuorum: fc.integer({ min: 1, max: 3 }),
  writeBack: fc.boolean()
})

describe('the reducer', () => {
  test('answers every event in every state with a declared rule, data that decodes, and no older copy', () =>
    fc.assert(
      fc.property(arbitraryConfig, arbitraryState, arbitraryEvent, (config, state, event) => {
        const moved = declaredStep(quorumVoting, n1(config), state, event)
        expect(isNewer(state.copy.version, moved.state.copy.version)).toBe(false)
        const onDisk = quorumVoting.codecs.durable.decode(JSON.parse(JSON.stringify(quorumVoting.durable(moved.state))))
        expect(onDisk).toEqual(either.right(quorumVoting.durable(moved.state)))
      })
    ))

  test('versions are ordered, and no two that differ are equal', () => {
    const version = fc.record({ number: fc.integer({ min: 0, max: 2 }), writer: fc.constantFrom('', 'n1', 'n2') })
    fc.assert(
      fc.property(version, version, version, (a, b, c) => {
        const isSame = a.number === b.number && a.writer === b.writer
        expect([isNewer(a, b), isNewer(b, a), isSame].filter(Boolean)).toHaveLength(1)
        if (isNewer(a, b) && isNewer(b, c)) expect(isNewer(a, c)).toBe(true)
      })
    )
  })
})

describe('[Lamport86], a regular register', () => {
  type Seen = ClientRecord<QuorumVoting>
  const begins = (id: string, request: Request): Seen => ({ type: 'invoke', id, node: 'n1', request })
  const writes = (value: string): Seen => begins(value, { type: 'write', value })
  const ends = (id: string): Seen => ({ type: 'reply', id, response: { type: 'written' } })
  const reads = (id: string, value: string | null): Seen => ({ type: 'reply', id, response: { type: 'found', value } })
  test.each<[string, boolean, ReadonlyArray<Seen>]>([
    ['a read finds what was there before the first write', true, [begins('r', read), reads('r', null)]],
    ['a read finds the write before it', true, [writes('a'), ends('a'), begins('r', read), reads('r', 'a')]],
    [
      'a read does not find what that write replaced',
      false,
      [writes('a'), ends('a'), begins('r', read), reads('r', null)]
    ],
    ['a read may find a write under way', true, [writes('a'), begins('r', read), reads('r', 'a')]],
    ['or a write that begins after it', true, [begins('r', read), writes('a'), reads('r', 'a')]],
    [
      'and the next one not: new, then old',
      true,
      [writes('a'), begins('r', read), reads('r', 'a'), begins('s', read), reads('s', null)]
    ],
    ['a read does not find what nobody wrote', false, [begins('r', read), reads('r', 'b')]],
    [
      'of two writes at once either may stay',
      true,
      [writes('a'), writes('b'), ends('a'), ends('b'), begins('r', read), reads('r', 'a')]
    ],
    [
      'of two in turn the second stays',
      false,
      [writes('a'), ends('a'), writes('b'), ends('b'), begins('r', read), reads('r', 'a')]
    ]
  ])('%s', (_clause, holdsThen, records) =>
    expect(regular.holds(records.reduce((content, record) => regular.next(content, record), regular.initial))).toBe(
      holdsThen
    )
  )
})

describe('the models', () => {
  const sound = [
    crashesModel.build({ crashes: 1 }),
    partitionModel.build({ crashes: 0 }),
    writersModel.build({ reads: 0, crashes: 1 }),
    weightedModel.build({ crashes: 0 }),
    writeOneModel.build({ crashes: 0 }),
    regularModel.build({ crashes: 0 })
  ]

  test('hold, and fire every rule', async () => {
    const reports = await sound.reduce<Promise<ReadonlyArray<ReadonlyArray<string>>>>(
      async (before, model: Model<any>) => {
        const so = await before
        const { verdict, complete, model: name, rules } = rightOf(await check(model))
        expect({ name, verdict, complete }).toEqual({ name, verdict: 'holds', complete: true })
        return [...so, rules.fired]
      },
      Promise.resolve([])
    )
    const fired = new Set(reports.flat())
    expect(quorumVoting.rules.filter((rule) => !fired.has(rule))).toEqual([])
  }, 60_000)

  test.each<{ file: string; model: Model<any> }>([
    { file: 'no-write-back', model: noWriteBack },
    { file: 'stale-read', model: staleRead },
    { file: 'lost-update', model: lostUpdate },
    { file: 'forgotten-copy', model: forgottenCopy },
    { file: 'overwritten', model: overwritten }
  ])('$model.name', async ({ file, model }) => expectCounterexample(model, `quorum-voting/${file}.txt`), 30_000)
})
