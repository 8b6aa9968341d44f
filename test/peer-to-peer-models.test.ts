/** What peer-to-peer replication promises, and its models: verdicts, counts, rules, counterexamples. */
import { describe, expect, test } from '@jest/globals'
import counter from '../models/peer-to-peer/counter.model.ts'
import counterByMaximum from '../models/peer-to-peer/counter-by-maximum.model.ts'
import counterBySum from '../models/peer-to-peer/counter-by-sum.model.ts'
import directMail from '../models/peer-to-peer/direct-mail.model.ts'
import forgottenReplica from '../models/peer-to-peer/forgotten-replica.model.ts'
import lastToArrive from '../models/peer-to-peer/last-to-arrive.model.ts'
import lastWriterWinsModel from '../models/peer-to-peer/last-writer-wins.model.ts'
import lostWrite from '../models/peer-to-peer/lost-write.model.ts'
import multiValueModel from '../models/peer-to-peer/multi-value.model.ts'
import oneWayPartition from '../models/peer-to-peer/one-way-partition.model.ts'
import partition from '../models/peer-to-peer/partition.model.ts'
import physicalClock from '../models/peer-to-peer/physical-clock.model.ts'
import pullModel from '../models/peer-to-peer/pull.model.ts'
import resurrectedElement from '../models/peer-to-peer/resurrected-element.model.ts'
import returningSibling from '../models/peer-to-peer/returning-sibling.model.ts'
import roamingClient from '../models/peer-to-peer/roaming-client.model.ts'
import session from '../models/peer-to-peer/session.model.ts'
import setModel from '../models/peer-to-peer/set.model.ts'
import silentAdd from '../models/peer-to-peer/silent-add.model.ts'
import type { ClientRecord, HistoryProperty, NodeView } from '../spec/kernel/index.ts'
import {
  addsWin,
  allHaveAll,
  allHaveSiblings,
  causalConsistency,
  converged,
  everyIncrementCountsOnce,
  multiValue,
  noAcknowledgedWriteIsLost,
  nothingIsForgotten,
  peerToPeer,
  removedStaysAway,
  rules,
  sessionNeverGoesBack,
  strongEventualConsistency,
  type PeerToPeer,
  type Replica,
  type TaggedSet,
  type Values,
  type VersionVector,
  type Write
} from '../spec/peer-to-peer/index.ts'
import { check, type Report } from '../src/checker/index.ts'
import type { Model } from '../src/model/model.ts'
import { expectCounterexample } from './support/counterexample.ts'
import { rightOf } from './support/runs.ts'

type Node = NodeView<PeerToPeer<TaggedSet, Write, Values>>

const x = { dot: { node: 'n1', counter: 1 }, value: 'x' }
const y = { dot: { node: 'n2', counter: 1 }, value: 'y' }
const has = (seen: VersionVector, ...content: TaggedSet): Replica<TaggedSet> => ({ seen, content })
const up = (id: string, replica: Replica<TaggedSet>): Node => ({
  id,
  up: true,
  state: replica,
  durable: replica,
  timers: ['gossip'],
  machine: null
})
const down = (id: string, replica: Replica<TaggedSet>): Node => ({ id, up: false, durable: replica, gone: false })
const seen = (...nodes: ReadonlyArray<Node>) => ({ nodes, network: [] })

const both = has({ n1: 1, n2: 1 }, x, y)
const onlyX = has({ n1: 1, n2: 1 }, x)

describe('[Shapiro11b] strong eventual consistency', () => {
  test('replicas that have seen the same are equal, down or up', () => {
    expect(strongEventualConsistency.holds(seen(up('n1', both), down('n2', both)))).toBe(true)
    expect(strongEventualConsistency.holds(seen(up('n1', both), up('n2', onlyX)))).toBe(false)
    expect(strongEventualConsistency.holds(seen(down('n1', both), up('n2', onlyX)))).toBe(false)
  })

  test('replicas that have seen different things may differ', () =>
    expect(strongEventualConsistency.holds(seen(up('n1', both), up('n2', has({ n1: 1 }, x))))).toBe(true))

  test.each<[string, Node, boolean]>([
    ['stays seen through a crash', down('n1', both), true],
    ['stays seen when it is written over', up('n1', onlyX), true],
    ['is not forgotten', down('n1', has({ n1: 1 }, x)), false]
  ])('what was seen %s', (_clause, after, holds) =>
    expect(
      nothingIsForgotten.holds({
        before: up('n1', both),
        event: { type: 'crash', forGood: false },
        rule: null,
        effects: [],
        after
      })
    ).toBe(holds)
  )

  test('a cluster has converged when all are up and equal', () => {
    expect(converged(seen(up('n1', both), up('n2', both)))).toBe(true)
    expect(converged(seen(up('n1', both), down('n2', both)))).toBe(false)
    expect(converged(seen(up('n1', both), up('n2', onlyX)))).toBe(false)
  })

  test('all have all where all are equal and no update is missing', () => {
    expect(allHaveAll(2).holds(seen(up('n1', both), up('n2', both)))).toBe(true)
    expect(allHaveAll(3).holds(seen(up('n1', both), up('n2', both)))).toBe(false)
    expect(allHaveAll(2).holds(seen(up('n1', both), up('n2', onlyX)))).toBe(false)
    expect(allHaveSiblings.holds(seen(up('n1', both), up('n2', onlyX)))).toBe(false)
  })
})

type Said = ClientRecord<PeerToPeer<any, any, any>>

const made = (node: string, count: number, operation: unknown, after: VersionVector): ReadonlyArray<Said> => [
  { type: 'invoke', id: `${node}-${count}`, node, request: { type: 'update', operation } },
  {
    type: 'reply',
    id: `${node}-${count}`,
    response: { type: 'updated', dot: { node, counter: count }, seen: after }
  }
]
const shown = (value: unknown, visible: VersionVector): Said => ({
  type: 'reply',
  id: 'read',
  response: { type: 'shown', value, seen: visible }
})
const isFine = (property: HistoryProperty<PeerToPeer<any, any, any>>, ...said: ReadonlyArray<Said>): boolean =>
  property.holds(said.reduce<unknown>((content, record) => property.next(content, record), property.initial))

const write = (value: string) => ({ type: 'write', value })
const add = { type: 'add', element: 'a' }
const remove = { type: 'remove', element: 'a' }
const concurrent = [...made('n1', 1, write('x'), { n1: 1 }), ...made('n2', 1, write('y'), { n2: 1 })]
const yOverX = [...made('n1', 1, write('x'), { n1: 1 }), ...made('n2', 1, write('y'), { n1: 1, n2: 1 })]
const all = { n1: 1, n2: 1 }

describe('what clients see', () => {
  test.each<[string, boolean, HistoryProperty<any>, ReadonlyArray<Said>]>([
    [
      'a read shows both of two concurrent writes',
      true,
      noAcknowledgedWriteIsLost(),
      [...concurrent, shown(['x', 'y'], all)]
    ],
    [
      'a read that shows one of them has lost the other',
      false,
      noAcknowledgedWriteIsLost(),
      [...concurrent, shown(['y'], all)]
    ],
    [
      'a write that the read has not seen is not lost',
      true,
      noAcknowledgedWriteIsLost(),
      [...concurrent, shown(['y'], { n2: 1 })]
    ],
    ['a write that was written over is not lost', true, noAcknowledgedWriteIsLost(), [...yOverX, shown(['y'], all)]],
    ['a value that was written over is not shown', false, causalConsistency(), [...yOverX, shown(['x', 'y'], all)]],
    ['one of two concurrent values may be shown', true, causalConsistency(), [...concurrent, shown(['x'], all)]],
    [
      'who sees an update sees what it follows',
      false,
      causalConsistency(),
      [...made('n1', 1, write('x'), { n1: 1, n2: 1 }), ...made('n2', 1, write('y'), { n2: 1 }), shown(['x'], { n1: 1 })]
    ],
    [
      'an update without an answer makes a read undecided',
      true,
      noAcknowledgedWriteIsLost(),
      [...concurrent, shown([], { n1: 2, n2: 1 })]
    ],
    [
      'a counter shows the sum',
      true,
      everyIncrementCountsOnce(),
      [...made('n1', 1, { type: 'increment', by: 2 }, { n1: 1 }), shown(2, { n1: 1 })]
    ],
    [
      'a counter does not count twice',
      false,
      everyIncrementCountsOnce(),
      [...made('n1', 1, { type: 'increment', by: 2 }, { n1: 1 }), shown(4, { n1: 1 })]
    ],
    [
      'an add wins over a concurrent remove',
      false,
      addsWin(),
      [...made('n1', 1, add, { n1: 1 }), ...made('n2', 1, remove, { n2: 1 }), shown([], all)]
    ],
    [
      'a remove wins over an add that it follows',
      true,
      addsWin(),
      [...made('n1', 1, add, { n1: 1 }), ...made('n2', 1, remove, all), shown([], all)]
    ],
    [
      'what was removed is not there',
      false,
      removedStaysAway(),
      [...made('n1', 1, add, { n1: 1 }), ...made('n2', 1, remove, all), shown(['a'], all)]
    ],
    [
      'a remove of something else takes nothing',
      false,
      addsWin(),
      [...made('n1', 1, add, { n1: 1 }), ...made('n2', 1, { ...remove, element: 'b' }, all), shown([], all)]
    ],
    ['what nobody added is not there', false, removedStaysAway(), [shown(['a'], {})]],
    ['[Terry94] a client reads its writes', false, sessionNeverGoesBack(), [...concurrent, shown(['x'], { n1: 1 })]],
    ['[Terry94] reads are monotonic', false, sessionNeverGoesBack(), [shown(['x'], { n1: 1 }), shown([], {})]],
    [
      'a refused read shows nothing, and takes nothing back',
      true,
      sessionNeverGoesBack(),
      [shown(['x'], { n1: 1 }), { type: 'reply', id: 'read', response: { type: 'behind', seen: {} } }]
    ]
  ])('%s', (_clause, holds, property, said) => expect(isFine(property, ...said)).toBe(holds))
})

/** Every state, none left out, so that the counts mean the same for every checker. */
const plainly = async (model: Model<any>): Promise<Report> => rightOf(await check(model, { reduce: [] }))

describe('the models', () => {
  test.each<{ model: Model<any>; states: number; transitions: number; depth: number }>([
    { model: multiValueModel.build({ peers: 2, crashes: 1 }), states: 31512, transitions: 88264, depth: 16 },
    { model: pullModel.build({ peers: 2, crashes: 1 }), states: 6344, transitions: 21278, depth: 16 },
    { model: partition.build({ peers: 2, crashes: 1 }), states: 6480, transitions: 21208, depth: 14 },
    { model: oneWayPartition.build({ peers: 2, crashes: 1 }), states: 8640, transitions: 31392, depth: 14 },
    { model: session.build({ peers: 2, crashes: 1 }), states: 300, transitions: 926, depth: 9 }
  ])('$model.name holds in each of its $states states', async ({ model, ...counts }) =>
    expect(await plainly(model)).toMatchObject({ verdict: 'holds', complete: true, ...counts })
  )

  // One peer pulls and two push; without crashes nobody recovers.
  test.each<{ model: Model<any>; states: number; never: ReadonlyArray<string> }>([
    { model: lastWriterWinsModel.build({ peers: 3, crashes: 0 }), states: 6786, never: ['recover'] },
    { model: counter.build({ peers: 3, crashes: 0 }), states: 6786, never: ['recover'] },
    { model: setModel.build({ peers: 3, crashes: 0 }), states: 3412, never: ['recover'] }
  ])('$model.name holds, and fires every rule for its type', async ({ model, states, never }) => {
    const { verdict, rules: coverage, states: found } = rightOf(await check(model))
    expect({ verdict, found, never: coverage.never }).toEqual({ verdict: 'holds', found: states, never })
  })

  test('fire every rule', async () => {
    const models = [pullModel, session].map((parametric) => parametric.build({ peers: 2, crashes: 1 }))
    const reports = await Promise.all(models.map(plainly))
    const fired = new Set(reports.flatMap((report) => report.rules.fired))
    expect(rules.filter((rule) => !fired.has(rule))).toEqual([])
  })

  test('that do not gossip at all are stuck', async () => {
    const register = peerToPeer(multiValue)
    const silent: typeof register = {
      ...register,
      initial: (self) => ({ ...register.initial(self), effects: [] }),
      recover: (self, disk) => ({ ...register.recover(self, disk), effects: [] })
    }
    const model = { ...multiValueModel.build({ peers: 2, crashes: 1 }), protocol: silent }
    expect(rightOf(await check(model))).toMatchObject({ verdict: 'deadlock' })
  })

  test.each<{ file: string; model: Model<any> }>([
    { file: 'lost-write', model: lostWrite },
    { file: 'physical-clock', model: physicalClock },
    { file: 'last-to-arrive', model: lastToArrive },
    { file: 'returning-sibling', model: returningSibling },
    { file: 'counter-by-sum', model: counterBySum },
    { file: 'counter-by-maximum', model: counterByMaximum },
    { file: 'silent-add', model: silentAdd },
    { file: 'resurrected-element', model: resurrectedElement },
    { file: 'forgotten-replica', model: forgottenReplica },
    { file: 'roaming-client', model: roamingClient },
    { file: 'direct-mail', model: directMail }
  ])('$model.name', async ({ file, model }) => expectCounterexample(model, `peer-to-peer/${file}.txt`))
})
