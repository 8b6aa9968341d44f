/** What two-phase commit promises, and its models: verdicts, counts, rules. */
import { describe, expect, test } from '@jest/globals'
import atomicCommitModel from '../models/two-phase-commit/atomic-commit.model.ts'
import blockingModel from '../models/two-phase-commit/blocking.model.ts'
import cooperativeCoordinatorLost from '../models/two-phase-commit/cooperative-coordinator-lost.model.ts'
import cooperativePartition from '../models/two-phase-commit/cooperative-partition.model.ts'
import cooperativeSetUpWrong from '../models/two-phase-commit/cooperative-set-up-wrong.model.ts'
import cooperative from '../models/two-phase-commit/cooperative.model.ts'
import coordinatorLost from '../models/two-phase-commit/coordinator-lost.model.ts'
import ficklePeer from '../models/two-phase-commit/fickle-peer.model.ts'
import fifoModel from '../models/two-phase-commit/fifo.model.ts'
import forgottenDecision from '../models/two-phase-commit/forgotten-decision.model.ts'
import forgottenVote from '../models/two-phase-commit/forgotten-vote.model.ts'
import guessingPeer from '../models/two-phase-commit/guessing-peer.model.ts'
import impatientParticipant from '../models/two-phase-commit/impatient-participant.model.ts'
import noVote from '../models/two-phase-commit/no-vote.model.ts'
import oneWayPartitionModel from '../models/two-phase-commit/one-way-partition.model.ts'
import partitionModel from '../models/two-phase-commit/partition.model.ts'
import twoCoordinators from '../models/two-phase-commit/two-coordinators.model.ts'
import uncooperative from '../models/two-phase-commit/uncooperative.model.ts'
import publishedModel from '../models/published/two-phase.model.ts'
import { check, type Report } from '../src/checker/index.ts'
import type { Model } from '../src/model/model.ts'
import type { NodeId, NodeView } from '../spec/kernel/index.ts'
import {
  agreement,
  blocked,
  allUncertain,
  commitNeedsEveryYes,
  cooperativeCommit,
  finality,
  twoPhaseCommit,
  type Decision,
  type Durable,
  type State,
  type TwoPhaseCommit
} from '../spec/two-phase-commit/index.ts'
import { expectCounterexample } from './support/counterexample.ts'
import { rightOf } from './support/runs.ts'

const knows = (decision: Decision): State => ({ role: 'coordinator', phase: 'decided', decision })
const waiting: State = { role: 'coordinator', phase: 'waiting', yes: ['p1'], clients: ['r1'] }
const member = { role: 'participant', coordinator: 'c' } as const
const working: State = { ...member, phase: 'working', vote: 'yes' }
const prepared: State = { ...member, phase: 'prepared' }
const decided = (decision: Decision): State => ({ ...member, phase: 'decided', decision })

const up = (id: NodeId, state: State): NodeView<TwoPhaseCommit> => ({
  id,
  up: true,
  state,
  durable: twoPhaseCommit.durable(state),
  timers: [],
  machine: null
})
const down = (id: NodeId, record: Durable['record']): NodeView<TwoPhaseCommit> => ({
  id,
  up: false,
  durable: { record },
  gone: false
})
const seen = (...views: ReadonlyArray<NodeView<TwoPhaseCommit>>) => ({ nodes: views, network: [] })

describe('[BHG87] §7.3, atomic commitment', () => {
  test('AC1: who decides decides the same, down or up', () => {
    expect(agreement.holds(seen(up('c', knows('commit')), up('p1', prepared), down('p2', 'commit')))).toBe(true)
    expect(agreement.holds(seen(up('c', knows('commit')), up('p1', prepared), down('p2', 'abort')))).toBe(false)
  })

  test.each([
    ['stays', up('p1', decided('commit')), down('p1', 'commit'), true],
    ['is not reversed', up('p1', decided('commit')), up('p1', decided('abort')), false],
    ['is not forgotten', up('p1', decided('commit')), down('p1', 'yes'), false]
  ])('AC2: a decision %s', (_clause, before, after, holds) =>
    expect(finality.holds({ before, event: { type: 'crash', forGood: false }, rule: null, effects: [], after })).toBe(
      holds
    )
  )

  test('AC3: a commit needs every yes, and remembers it through a crash', () => {
    expect(commitNeedsEveryYes.holds(seen(up('c', knows('commit')), up('p1', prepared), down('p2', 'yes')))).toBe(true)
    expect(commitNeedsEveryYes.holds(seen(up('c', knows('commit')), up('p1', working)))).toBe(false)
    expect(commitNeedsEveryYes.holds(seen(up('c', knows('commit')), down('p1', null)))).toBe(false)
  })

  test('blocked is who has voted yes, while the coordinator is down and no decision is on its way', () => {
    const coordinatorDown = seen(down('c', 'commit'), up('p1', prepared))
    const onItsWay = { from: 'c', to: 'p1', message: { type: 'commit' } } as const
    expect(blocked.holds(coordinatorDown)).toBe(true)
    expect(blocked.holds({ ...coordinatorDown, network: [onItsWay] })).toBe(false)
    expect(blocked.holds(seen(up('c', waiting), up('p1', prepared)))).toBe(false)
    expect(blocked.holds(seen(down('c', null), up('p1', working)))).toBe(false)
  })
})

test('nobody can help where all participants are uncertain and the coordinator is gone', () => {
  const gone = (record: Durable['record']) => ({ id: 'c', up: false, durable: { record }, gone: true }) as const
  expect(allUncertain(seen(gone(null), up('p1', prepared), down('p2', 'yes')))).toBe(true)
  expect(allUncertain(seen(down('c', null), up('p1', prepared)))).toBe(false)
  expect(allUncertain(seen(gone(null), up('p1', prepared), up('p2', decided('abort'))))).toBe(false)
  expect(allUncertain(seen(gone('commit'), up('p1', prepared)))).toBe(false)
})

/** Every state, none left out, so that the counts mean the same for every checker. */
const plainly = async (model: Model<any>): Promise<Report> => rightOf(await check(model, { reduce: [] }))

describe('TwoPhase as published', () => {
  test.each([
    [1, 12, 4],
    [2, 56, 7],
    [3, 288, 10],
    [5, 8832, 16]
  ])(
    '%i resource managers have 4^n + 2^n + 6^n = %i states, the deepest at %i',
    async (resourceManagers, states, depth) => {
      const { rules, ...report } = await plainly(publishedModel.build({ resourceManagers }))
      expect(report).toMatchObject({ verdict: 'holds', states, depth })
      expect(rules.never).toEqual([])
    }
  )
})

describe('the models', () => {
  // The first six were counted by a second, independent search as well.
  test.each<{ model: Model<any>; states: number; transitions: number; depth: number }>([
    { model: atomicCommitModel.build({ participants: 2, crashes: 1 }), states: 1555, transitions: 5189, depth: 13 },
    { model: atomicCommitModel.build({ participants: 2, crashes: 2 }), states: 3305, transitions: 12722, depth: 14 },
    { model: partitionModel.build({ participants: 2, crashes: 1 }), states: 7775, transitions: 32155, depth: 15 },
    {
      model: oneWayPartitionModel.build({ participants: 2, crashes: 1 }),
      states: 12440,
      transitions: 57052,
      depth: 15
    },
    { model: blockingModel.build({ participants: 2 }), states: 665, transitions: 1941, depth: 13 },
    { model: noVote, states: 1110, transitions: 4474, depth: 11 },
    { model: twoCoordinators, states: 1250, transitions: 4325, depth: 15 },
    { model: fifoModel.build({ participants: 2, crashes: 1 }), states: 5259, transitions: 18953, depth: 17 },
    { model: cooperative.build({ participants: 2, crashes: 1 }), states: 2689, transitions: 10143, depth: 15 },
    {
      model: cooperativePartition.build({ participants: 2, crashes: 1 }),
      states: 13445,
      transitions: 59281,
      depth: 17
    },
    { model: cooperativeCoordinatorLost.build({ participants: 2 }), states: 1169, transitions: 3939, depth: 15 },
    { model: cooperativeSetUpWrong, states: 5450, transitions: 27953, depth: 14 }
  ])('$model.name holds in each of its $states states', async ({ model, ...counts }) =>
    expect(await plainly(model)).toMatchObject({ verdict: 'holds', complete: true, ...counts })
  )

  test('fire every rule', async () => {
    const models = [atomicCommitModel.build({ participants: 2, crashes: 1 }), noVote, twoCoordinators]
    const reports = await Promise.all(models.map(plainly))
    const fired = new Set(reports.flatMap(({ rules }) => rules.fired))
    expect(twoPhaseCommit.rules.filter((rule) => !fired.has(rule))).toEqual([])
  })

  test('of cooperative termination fire every rule', async () => {
    const models = [cooperative.build({ participants: 2, crashes: 1 }), cooperativeSetUpWrong]
    const reports = await Promise.all(models.map(plainly))
    const fired = new Set(reports.flatMap(({ rules }) => rules.fired))
    expect(cooperativeCommit.rules.filter((rule) => !fired.has(rule))).toEqual([])
  })

  test.each<{ file: string; model: Model<any> }>([
    { file: 'forgotten-vote', model: forgottenVote },
    { file: 'forgotten-decision', model: forgottenDecision },
    { file: 'impatient-participant', model: impatientParticipant },
    { file: 'coordinator-lost', model: coordinatorLost },
    { file: 'uncooperative', model: uncooperative },
    { file: 'guessing-peer', model: guessingPeer },
    { file: 'fickle-peer', model: ficklePeer }
  ])('$model.name', async ({ file, model }) => expectCounterexample(model, `two-phase-commit/${file}.txt`))
})
