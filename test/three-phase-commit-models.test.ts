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
import staleOrder from '../models/three-phase-commit/stale-order.model.ts'
import suspicion from '../models/three-phase-commit/suspicion.model.ts'
import totalFailure from '../models/three-phase-commit/total-failure.model.ts'
import wrongSuspicion from '../models/three-phase-commit/wrong-suspicion.model.ts'
import { check, type Report } from '../src/checker/index.ts'
import type { Model } from '../src/model/model.ts'
import { renderText } from '../src/trace/index.ts'
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
import { expectGolden } from './support/golden.ts'
import { rightOf, runOf } from './support/runs.ts'

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
    { model: siteFailures.build({ participants: 2, crashes: 1 }), states: 922, transitions: 2201, depth: 17 },
    { model: siteFailures.build({ participants: 2, crashes: 2 }), states: 25934, transitions: 86447, depth: 23 },
    { model: siteFailures.build({ participants: 3, crashes: 1 }), states: 48620, transitions: 229521, depth: 27 },
    { model: lastFirst.build({ participants: 2, crashes: 2 }), states: 26672, transitions: 88469, depth: 23 },
    { model: noVote, states: 2976, transitions: 10996, depth: 15 },
    { model: lateClient, states: 1022, transitions: 2715, depth: 19 },
    { model: setUpWrong, states: 368, transitions: 902, depth: 11 },
    { model: suspicion.build({ crashes: 0 }), states: 3159, transitions: 12761, depth: 16 }
  ])('$model.name holds in each of its $states states', async ({ model, ...counts }) =>
    expect(await plainly(model)).toMatchObject({ verdict: 'holds', complete: true, ...counts })
  )

  test('fire every rule', async () => {
    const models = [
      siteFailures.build({ participants: 3, crashes: 1 }),
      lastFirst.build({ participants: 2, crashes: 2 }),
      noVote,
      lateClient,
      setUpWrong,
      suspicion.build({ crashes: 1 })
    ]
    const reports = await Promise.all(models.map(plainly))
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

  // A partition only keeps messages away, and a slow message is kept away as well: the shortest run of the model needs no
  // partition. This one is longer by that, and is what happens in practice.
  test('a partition in force splits the decision', () => {
    const run = runOf(
      partition,
      [
        'client->coordinator end-transaction',
        'coordinator->p1 vote-request',
        'coordinator->p2 vote-request',
        'p1->coordinator yes',
        'p2->coordinator yes',
        'coordinator->p1 pre-commit',
        'p1->coordinator ack',
        'partition coordinator p1 | p2',
        'coordinator timeout patience',
        'p2 timeout patience',
        'p2 timeout patience'
      ],
      { shows: 'violated', property: 'agreement' }
    )
    expect(run.steps.map(({ rule }) => rule).slice(-3)).toEqual([
      'commit-without-failed',
      'follow-backup',
      'decide-alone'
    ])
    expectGolden('three-phase-commit/partition-in-force.txt', renderText(run))
  })
})
