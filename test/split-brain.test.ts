/** Failover among the servers: its clauses, by timeout and by majority, and the verdicts of its models. */
// Long because every clause is a row here, and the rows share one cast of states.
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import forgottenView from '../models/split-brain/forgotten-view.model.ts'
import longestLog from '../models/split-brain/longest-log.model.ts'
import lostOnHealing from '../models/split-brain/lost-on-healing.model.ts'
import majorityModel from '../models/split-brain/majority.model.ts'
import noFence from '../models/split-brain/no-fence.model.ts'
import noPartition from '../models/split-brain/no-partition.model.ts'
import oneWayPartitionModel from '../models/split-brain/one-way-partition.model.ts'
import ownLog from '../models/split-brain/own-log.model.ts'
import partitionModel from '../models/split-brain/partition.model.ts'
import readsModel from '../models/split-brain/reads.model.ts'
import slowNetwork from '../models/split-brain/slow-network.model.ts'
import timeoutModel from '../models/split-brain/timeout.model.ts'
import twoPrimaries from '../models/split-brain/two-primaries.model.ts'
import { appendAll, emptyLog, type Effect, type Event, type Log, type NodeId, type Self } from '../spec/kernel/index.ts'
import type { Confirmed, Entry, Kept, Message, Response, Server, View } from '../spec/primary-backup/index.ts'
import {
  majority,
  onePerEpoch,
  splitBrain,
  type Failover,
  type Rule,
  type SplitBrain
} from '../spec/split-brain/index.ts'
import { check, type Report } from '../src/checker/index.ts'
import type { Model } from '../src/model/model.ts'
import { declaredStep } from './support/clauses.ts'
import { expectCounterexample } from './support/counterexample.ts'
import { rightOf } from './support/runs.ts'

type Happening = Event<SplitBrain>
type Outward = Effect<SplitBrain>

const nodes = ['s1', 's2', 's3']
const viewOf = (number: number, primary: NodeId, ...backups: ReadonlyArray<NodeId>): View => ({
  number,
  primary,
  backups
})
const first = viewOf(1, 's1', 's2', 's3')
const server = (id: NodeId, failover: Failover): Self<SplitBrain> => ({ id, nodes, config: { failover, first } })

const x: Entry = { type: 'write', value: 'x' }
const logOf = (...held: ReadonlyArray<Entry>): Log<Entry> => appendAll<Entry>(emptyLog, held)
const kept = (more: Partial<Kept> = {}): Kept => ({ view: first, synced: 1, log: emptyLog, committed: 0, ...more })
const outsider = (of: Kept): Server => ({ role: 'server', ...of, phase: 'outsider' })
const backup = (of: Kept): Server => ({ role: 'server', ...of, phase: 'backup' })
const gathering = (of: Kept): Server => ({ role: 'server', ...of, phase: 'gathering', reports: {}, waiting: [] })
const serving = (of: Kept, confirmed: Confirmed = {}, due = 0): Server => ({
  role: 'server',
  ...of,
  phase: 'serving',
  confirmed,
  waiting: [],
  due
})

const from = (sender: NodeId, message: Message): Happening => ({ type: 'deliver', from: sender, message })
const silence: Happening = { type: 'timeout', timer: 'silence' }
const beat: Happening = { type: 'timeout', timer: 'beat' }
const asks: Happening = { type: 'request', id: 'r1', request: x }
const newView = (view: View): Message => ({ type: 'view', view })
const propose = (view: View): Message => ({ type: 'propose', view })
const appends = (view: number, after: number, ...held: ReadonlyArray<Entry>): Message => ({
  type: 'append',
  view,
  after,
  entries: held,
  committed: 0
})
const have = (view: number, length: number): Message => ({ type: 'have', view, length })
const reports = (view: number, { synced, log, committed }: Kept): Message => ({
  type: 'report',
  view,
  synced,
  log,
  committed
})
const to = (message: Message, ...receivers: ReadonlyArray<NodeId>): ReadonlyArray<Outward> =>
  receivers.map((node) => ({ type: 'send', to: node, message }))
const armed = (timer: 'beat' | 'silence'): Outward => ({ type: 'start-timer', timer })
const tells = (response: Response): Outward => ({ type: 'reply', id: 'r1', response })

type Clause = readonly [string, Server, Happening, Rule, Server, ReadonlyArray<Outward>]
const clauses = (self: Self<SplitBrain>, table: ReadonlyArray<Clause>) =>
  test.each(table)('%s', (_clause, state, event, rule, after, effects) =>
    expect(splitBrain.step(self, state, event)).toEqual({ rule, state: after, effects })
  )

describe('failover by timeout', () => {
  const taken = viewOf(2, 's2', 's3')
  const alone = kept({ view: viewOf(2, 's1'), synced: 2, log: logOf(x), committed: 1 })
  clauses(server('s2', 'timeout'), [
    [
      'a backup that misses the primary makes itself primary of the others, and tells all',
      backup(kept()),
      silence,
      'take-over',
      gathering(kept({ view: taken })),
      [...to(newView(taken), 's1', 's3'), armed('silence')]
    ],
    [
      'who missed a server lets it in when it comes back',
      serving(kept({ view: viewOf(2, 's2'), synced: 2 })),
      from('s1', propose(viewOf(3, 's2', 's1'))),
      'let-in',
      gathering(kept({ view: viewOf(3, 's2', 's1'), synced: 2 })),
      [...to(newView(viewOf(3, 's2', 's1')), 's1', 's3'), armed('silence')]
    ],
    [
      'unless it asks for a view that has been',
      serving(kept({ view: viewOf(2, 's2'), synced: 2 })),
      from('s1', propose(viewOf(2, 's2', 's1'))),
      'ignore-misdirected',
      serving(kept({ view: viewOf(2, 's2'), synced: 2 })),
      []
    ],
    [
      'the same number under a lesser name is no reason to give up',
      gathering(kept({ view: taken })),
      from('s1', newView(viewOf(2, 's1'))),
      'ignore-old-view',
      gathering(kept({ view: taken })),
      []
    ]
  ])
  clauses(server('s1', 'timeout'), [
    [
      'a primary that misses its backups goes on alone',
      serving(kept({ log: logOf(x) }), {}, 1),
      silence,
      'go-on-without',
      serving(alone),
      [...to(newView(viewOf(2, 's1')), 's2', 's3'), armed('silence')]
    ],
    [
      'of two views of one number, one gives way',
      serving(alone),
      from('s2', newView(taken)),
      'yield',
      outsider({ ...alone, view: taken }),
      [armed('silence')]
    ],
    [
      'who is in no view asks to be let in',
      outsider({ ...alone, view: taken }),
      silence,
      'ask-to-join',
      outsider({ ...alone, view: taken }),
      [...to(propose(viewOf(3, 's2', 's3', 's1')), 's2'), armed('silence')]
    ],
    [
      'a view is taken from its primary alone',
      serving(alone),
      from('s3', newView(taken)),
      'ignore-misdirected',
      serving(alone),
      []
    ],
    ['who misses nobody goes on', serving(kept()), silence, 'miss-nobody', serving(kept()), [armed('silence')]]
  ])
  clauses(server('s3', 'timeout'), [
    [
      'a backup listens to its own primary',
      backup(kept({ view: taken, synced: 2 })),
      from('s1', appends(2, 0, x)),
      'ignore-stranger',
      backup(kept({ view: taken, synced: 2 })),
      []
    ]
  ])
})

describe('failover by majority', () => {
  const third = viewOf(2, 's3', 's1', 's2')
  const stood = kept({ view: third })
  clauses(server('s3', 'majority'), [
    [
      '[VRR] §4.2 a server that misses the primary stands for the next view, of all servers',
      backup(kept()),
      silence,
      'stand',
      gathering(stood),
      [...to(newView(third), 's1', 's2'), armed('silence')]
    ],
    [
      'and again if it hears of no majority',
      gathering(stood),
      silence,
      'stand',
      gathering(kept({ view: { ...third, number: 3 } })),
      [...to(newView({ ...third, number: 3 }), 's1', 's2'), armed('silence')]
    ],
    [
      'it says so again to who has not answered',
      gathering(stood),
      beat,
      'announce-again',
      gathering(stood),
      [...to(newView(third), 's1', 's2'), armed('beat')]
    ],
    [
      'one report makes a majority of three',
      gathering(stood),
      from('s1', reports(2, kept({ log: logOf(x) }))),
      'choose-log',
      {
        role: 'server',
        ...kept({ view: third, synced: 2, log: logOf(x) }),
        phase: 'transferring',
        confirmed: {},
        waiting: []
      },
      [...to(appends(2, 0, x), 's1', 's2'), armed('silence')]
    ],
    [
      '[Raft] §5.2 a candidate that hears entries of its view has lost',
      gathering(stood),
      from('s2', appends(2, 0, x)),
      'concede',
      backup(kept({ view: viewOf(2, 's2', 's1', 's3'), synced: 2, log: logOf(x) })),
      [...to(have(2, 1), 's2'), armed('silence')]
    ],
    [
      '[BMST93] Pb3: it serves nobody',
      gathering(stood),
      asks,
      'refuse-client',
      gathering(stood),
      [tells({ type: 'refused', primary: 's3' })]
    ]
  ])
  clauses(server('s1', 'majority'), [
    [
      'a server enters one view of a number, and no second',
      backup(stood),
      from('s2', newView(viewOf(2, 's2', 's1', 's3'))),
      'ignore-old-view',
      backup(stood),
      []
    ],
    [
      'the number is a fence: nothing is taken from the primary before',
      backup(stood),
      from('s1', appends(1, 0, x)),
      'fence-off',
      backup(stood),
      []
    ],
    [
      'a primary with a majority behind it stays',
      serving(kept({ log: logOf(x) }), { s2: 1 }, 1),
      silence,
      'miss-nobody',
      serving(kept({ log: logOf(x) }), { s2: 1 }, 1),
      [armed('silence')]
    ],
    [
      'one without stands anew, and serves nobody until it has one',
      serving(kept({ log: logOf(x) }), {}, 1),
      silence,
      'stand',
      gathering(kept({ view: { ...first, number: 2 }, log: logOf(x) })),
      [...to(newView({ ...first, number: 2 }), 's2', 's3'), armed('silence')]
    ],
    [
      'it tells those who may not have heard of its view',
      serving(kept(), { s2: 0 }),
      beat,
      'send-again',
      serving(kept(), { s2: 0 }),
      [...to(newView(first), 's3'), ...to(appends(1, 0), 's2', 's3'), armed('beat')]
    ]
  ])

  test.each([
    [1, 0],
    [2, 1],
    [3, 1],
    [4, 2],
    [5, 2]
  ])('of %i servers, the primary and %i others are a majority', (servers, others) => {
    const view = viewOf(1, 's1', ...Array.from({ length: servers - 1 }, (_, index) => `s${index + 2}`))
    expect(majority.copies(view)).toBe(others)
    expect((others + 1) * 2).toBeGreaterThan(servers)
  })

  test('two primaries of one number are seen, whoever follows them', () => {
    const up = (id: NodeId, state: Server) =>
      ({ id, up: true, state, durable: splitBrain.durable(state), timers: [], machine: null }) as const
    const leads = (id: NodeId, number: number) => up(id, serving(kept({ view: viewOf(number, id), synced: number })))
    expect(onePerEpoch.holds({ nodes: [leads('s1', 2), leads('s2', 2)], network: [] })).toBe(false)
    expect(onePerEpoch.holds({ nodes: [leads('s1', 2), leads('s2', 3)], network: [] })).toBe(true)
    expect(onePerEpoch.holds({ nodes: [leads('s1', 2), up('s2', gathering(stood))], network: [] })).toBe(true)
  })
})

const someView = fc.constantFrom(first, viewOf(2, 's2', 's3'), viewOf(2, 's1'), viewOf(2, 's3', 's1', 's2'))
const someKept: fc.Arbitrary<Kept> = fc
  .tuple(someView, fc.array(fc.constant(x), { maxLength: 2 }), fc.boolean())
  .map(([view, held, isNew]) => kept({ view, synced: isNew ? 1 : view.number, log: logOf(...held) }))
const someConfirmed = fc.dictionary(fc.constantFrom('s1', 's2', 's3'), fc.nat({ max: 3 }))
const someServer: fc.Arbitrary<Server> = someKept.chain((of) =>
  fc.oneof(
    fc.constantFrom(outsider(of), backup(of), gathering(of)),
    someConfirmed.map((confirmed) => serving(of, confirmed, of.log.last))
  )
)
const someNumber = fc.integer({ min: 1, max: 3 })
const someMessage: fc.Arbitrary<Message> = fc.oneof(
  someView.map(newView),
  someView.map((view) => propose({ ...view, number: view.number + 1 })),
  fc.tuple(someNumber, someKept).map(([view, of]) => reports(view, of)),
  fc.tuple(someNumber, fc.nat({ max: 2 })).map(([view, after]) => appends(view, after, x)),
  fc.tuple(someNumber, fc.nat({ max: 2 })).map(([view, length]) => have(view, length)),
  someNumber.map((view): Message => ({ type: 'activate', view })),
  someNumber.map((view): Message => ({ type: 'complete', view }))
)
const someEvent: fc.Arbitrary<Happening> = fc.oneof(
  fc.tuple(fc.constantFrom(...nodes), someMessage).map(([sender, message]) => from(sender, message)),
  fc.constantFrom(asks, silence, beat)
)
const someSelf = fc
  .tuple(fc.constantFrom(...nodes), fc.constantFrom<Failover>('timeout', 'majority'))
  .map(([id, failover]) => server(id, failover))

test('the reducer answers every event in every state with a declared rule and data that decodes', () =>
  fc.assert(
    fc.property(someSelf, someServer, someEvent, (self, state, event) => {
      const moved = declaredStep(splitBrain, self, state, event)
      expect(moved.state.view.number).toBeGreaterThanOrEqual(state.view.number)
    })
  ))

const checked = async (model: Model<any>, reduce?: []): Promise<Report> =>
  rightOf(await check(model, reduce === undefined ? {} : { reduce }))

describe('the models', () => {
  test.each<{ model: Model<any>; states: number; transitions: number; depth: number }>([
    {
      model: majorityModel.build({ servers: 3, writes: 1, views: 2, crashes: 0 }),
      states: 14560,
      transitions: 32482,
      depth: 19
    },
    {
      model: partitionModel.build({ servers: 3, views: 2, crashes: 0 }),
      states: 72800,
      transitions: 203294,
      depth: 21
    },
    {
      model: oneWayPartitionModel.build({ servers: 3, views: 2, crashes: 0 }),
      states: 116480,
      transitions: 388100,
      depth: 21
    },
    { model: timeoutModel.build({ servers: 3, views: 2, crashes: 0 }), states: 9088, transitions: 21515, depth: 21 }
  ])('$model.name holds in each of its $states states', async ({ model, ...counts }) =>
    expect(await checked(model, [])).toMatchObject({ verdict: 'holds', complete: true, ...counts })
  )

  test.each<Model<any>>([
    majorityModel.build({ servers: 3, writes: 1, views: 2, crashes: 1 }),
    readsModel.build({ views: 2, crashes: 0 }),
    noPartition.build({ servers: 3, writes: 1, views: 3, crashes: 0, losses: 2 }),
    noPartition.build({ servers: 3, writes: 1, views: 2, crashes: 1, losses: 0 })
  ])('$name holds', async (model) => expect(await checked(model)).toMatchObject({ verdict: 'holds', complete: true }))

  test('fire every rule', async () => {
    const models: ReadonlyArray<Model<any>> = [
      readsModel.build({ views: 2, crashes: 0 }),
      timeoutModel.build({ servers: 3, views: 3, crashes: 0 }),
      timeoutModel.build({ servers: 2, views: 3, crashes: 1 })
    ]
    const reported = await Promise.all(models.map((model) => checked(model)))
    const fired = new Set(reported.flatMap(({ rules }) => rules.fired))
    expect(splitBrain.rules.filter((rule) => !fired.has(rule))).toEqual([])
  })

  test.each<{ file: string; model: Model<any> }>([
    { file: 'two-primaries', model: twoPrimaries },
    { file: 'slow-network', model: slowNetwork },
    { file: 'lost-on-healing', model: lostOnHealing },
    { file: 'no-fence', model: noFence },
    { file: 'own-log', model: ownLog },
    { file: 'forgotten-view', model: forgottenView },
    { file: 'longest-log', model: longestLog }
  ])('$model.name', async ({ file, model }) => expectCounterexample(model, `split-brain/${file}.txt`))
})
