/** What three-phase commit promises, and its models: verdicts, counts, rules, counterexamples. */
import { describe, expect, test } from '@jest/globals'
import forgottenPreCommit from '../models/three-phase-commit/forgotten-pre-commit.model.ts'
import hastyBackup from '../models/three-phase-commit/hasty-backup.model.ts'
import hastyCommit from '../models/three-phase-commit/hasty-commit.model.ts'
import lateClient from '../models/three-phase-commit/late-client.model.ts'
import noVote from '../models/three-phase-commit/no-vote.model.ts'
import partition from '../models/three-phase-commit/partition.model.ts'
import setUpWrong from '../models/three-phase-commit/set-up-wrong.model.ts'
import lastFirst from '../models/three-phase-commit/site-failures-last-first.model.ts'
import siteFailures from '../models/three-phase-commit/site-failures.model.ts'
import slowNetwork from '../models/three-phase-commit/slow-network.model.ts'
import staleOrder from '../models/three-phase-commit/stale-order.model.ts'
import suspicion from '../models/three-phase-commit/suspicion.model.ts'
import totalFailure from '../models/three-phase-commit/total-failure.model.ts'
import wrongSuspicion from '../models/three-phase-commit/wrong-suspicion.model.ts'
import { check, type Report } from '../src/checker/index.ts'
import type { Model } from '../src/model/model.ts'
import type { NodeId, NodeView } from '../spec/kernel/index.ts'
import {
  agreement,
  commitNeedsEveryYes,
  finality,
  nobodyIsLeftUncertain,
  othersCommit,
  threePhaseCommit,
  type Durable,
  type State,
  type ThreePhaseCommit
} from '../spec/three-phase-commit/index.ts'
import { expectCounterexample } from './support/counterexample.ts'
import { rightOf } from './support/runs.ts'

const up = (id: NodeId, state: State): NodeView<ThreePhaseCommit> => ({
  id,
  up: true,
  state,
  durable: threePhaseCommit.durable(state),
  timers: [],
  machine: null
})
const down = (id: NodeId, record: Durable['record']): NodeView<ThreePhaseCommit> => ({
  id,
  up: false,
  durable: { record },
  gone: false
})
const seen = (...nodes: ReadonlyArray<NodeView<ThreePhaseCommit>>) => ({ nodes, network: [] })
const following = { role: 'participant', coordinator: 'c', failed: [] } as const
const working = up('p2', { ...following, phase: 'working', vote: 'yes' })
const wait = up('p2', { ...following, phase: 'wait', awaiting: null })
const prepared = up('p2', { ...following, phase: 'prepared', awaiting: null })
const committed = up('p1', { role: 'participant', phase: 'decided', decision: 'commit' })
const aborted = up('p1', { role: 'participant', phase: 'decided', decision: 'abort' })

describe('[BHG87] §7.3, atomic commitment', () => {
  test('AC1: who decides decides the same, down or up', () => {
    expect(agreement.holds(seen(committed, prepared, down('p3', 'commit')))).toBe(true)
    expect(agreement.holds(seen(committed, down('p3', 'abort')))).toBe(false)
    expect(agreement.holds(seen(committed, aborted))).toBe(false)
  })

  test('AC2: a decision is neither reversed nor forgotten', () => {
    const crash = { event: { type: 'crash', forGood: false }, rule: null, effects: [] } as const
    expect(finality.holds({ before: committed, after: down('p1', 'commit'), ...crash })).toBe(true)
    expect(finality.holds({ before: committed, after: down('p1', 'pre-commit'), ...crash })).toBe(false)
    expect(finality.holds({ before: committed, after: aborted, ...crash })).toBe(false)
  })

  test('AC3: a commit needs every yes, on disk', () => {
    expect(commitNeedsEveryYes.holds(seen(committed, wait, down('p3', 'yes')))).toBe(true)
    expect(commitNeedsEveryYes.holds(seen(committed, working))).toBe(false)
    expect(commitNeedsEveryYes.holds(seen(committed, down('p3', null)))).toBe(false)
  })
})

describe('[Skeen81] nonblocking', () => {
  test('where one has committed, no operational site waits', () => {
    expect(nobodyIsLeftUncertain.holds(seen(committed, prepared, down('p3', 'yes')))).toBe(true)
    expect(nobodyIsLeftUncertain.holds(seen(committed, wait))).toBe(false)
    expect(nobodyIsLeftUncertain.holds(seen(down('c', 'commit'), wait))).toBe(false)
  })

  test('those left decide without the coordinator', () => {
    expect(othersCommit.holds(seen(down('c', 'pre-commit'), committed))).toBe(true)
    expect(othersCommit.holds(seen(down('c', 'commit'), committed))).toBe(false)
    expect(othersCommit.holds(seen(down('c', 'pre-commit'), committed, prepared))).toBe(false)
  })
})

/** Every state, none left out, so that the counts mean the same for every checker. */
const plainly = async (model: Model<any>): Promise<Report> => rightOf(await check(model, { reduce: [] }))

describe('the models', () => {
  test.each<{ model: Model<any>; states: number; transitions: number; depth: number }>([
    {
      model: siteFailures.build({ participants: 2, crashes: 1, losses: 0 }),
      states: 6546,
      transitions: 20216,
      depth: 24
    },
    {
      model: siteFailures.build({ participants: 2, crashes: 1, losses: 1 }),
      states: 46438,
      transitions: 135667,
      depth: 25
    },
    {
      model: lastFirst.build({ participants: 2, crashes: 1, losses: 1 }),
      states: 46757,
      transitions: 135791,
      depth: 25
    },
    {
      model: slowNetwork.build({ participants: 2, crashes: 1, losses: 1 }),
      states: 7150,
      transitions: 16145,
      depth: 19
    },
    { model: noVote, states: 13982, transitions: 57501, depth: 19 },
    { model: lateClient, states: 15332, transitions: 54864, depth: 25 },
    { model: setUpWrong, states: 1161, transitions: 3345, depth: 14 },
    { model: suspicion.build({ crashes: 0 }), states: 4190, transitions: 16612, depth: 16 }
  ])('$model.name holds in each of its $states states', async ({ model, ...counts }) =>
    expect(await plainly(model)).toMatchObject({ verdict: 'holds', complete: true, ...counts })
  )

  test('fire every rule', async () => {
    const models = [
      siteFailures.build({ participants: 3, crashes: 1, losses: 1 }),
      lastFirst.build({ participants: 2, crashes: 1, losses: 1 }),
      noVote,
      lateClient,
      setUpWrong,
      suspicion.build({ crashes: 2 })
    ]
    const reports = await Promise.all(models.map(async (model) => rightOf(await check(model))))
    const fired = new Set(reports.flatMap(({ rules }) => rules.fired))
    expect(threePhaseCommit.rules.filter((rule) => !fired.has(rule))).toEqual([])
  })

  test.each<{ file: string; model: Model<any> }>([
    { file: 'forgotten-pre-commit', model: forgottenPreCommit },
    { file: 'hasty-commit', model: hastyCommit },
    { file: 'hasty-backup', model: hastyBackup },
    { file: 'stale-order', model: staleOrder },
    { file: 'wrong-suspicion', model: wrongSuspicion },
    { file: 'partition', model: partition },
    { file: 'total-failure', model: totalFailure }
  ])('$model.name', async ({ file, model }) => expectCounterexample(model, `three-phase-commit/${file}.txt`))
})
