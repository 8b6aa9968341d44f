/** What Paxos Commit promises, and its models: verdicts, counts, rules, counterexamples. */
import { describe, expect, test } from '@jest/globals'
import atomicCommit from '../models/paxos-commit/atomic-commit.model.ts'
import fifo from '../models/paxos-commit/fifo.model.ts'
import forgottenMember from '../models/paxos-commit/forgotten-member.model.ts'
import forgottenPreparation from '../models/paxos-commit/forgotten-preparation.model.ts'
import forgottenVote from '../models/paxos-commit/forgotten-vote.model.ts'
import freeChoice from '../models/paxos-commit/free-choice.model.ts'
import noMajority from '../models/paxos-commit/no-majority.model.ts'
import noVote from '../models/paxos-commit/no-vote.model.ts'
import nonblocking from '../models/paxos-commit/nonblocking.model.ts'
import oneWayPartition from '../models/paxos-commit/one-way-partition.model.ts'
import partition from '../models/paxos-commit/partition.model.ts'
import setUpWrong from '../models/paxos-commit/set-up-wrong.model.ts'
import twoLeaders from '../models/paxos-commit/two-leaders.model.ts'
import twoMinorities from '../models/paxos-commit/two-minorities.model.ts'
import unordered from '../models/paxos-commit/unordered.model.ts'
import { check, type Report } from '../src/checker/index.ts'
import type { Model } from '../src/model/model.ts'
import type { NodeId, NodeView } from '../spec/kernel/index.ts'
import {
  agreement,
  commitNeedsAllPrepared,
  commitWithout,
  paxosCommit,
  stability,
  type Decision,
  type Durable,
  type PaxosCommit,
  type State
} from '../spec/paxos-commit/index.ts'
import { expectCounterexample } from './support/counterexample.ts'
import { rightOf } from './support/runs.ts'

const up = (id: NodeId, state: State): NodeView<PaxosCommit> => ({
  id,
  up: true,
  state,
  durable: paxosCommit.durable(state),
  timers: [],
  machine: null
})
const gone = (id: NodeId, durable: Durable): NodeView<PaxosCommit> => ({ id, up: false, durable, gone: true })
const seen = (...nodes: ReadonlyArray<NodeView<PaxosCommit>>) => ({ nodes, network: [] })

const working = up('r2', { role: 'resource-manager', phase: 'working', vote: 'prepared' })
const prepared = up('r2', { role: 'resource-manager', phase: 'prepared' })
const decided = (decision: Decision) => up('r1', { role: 'resource-manager', phase: 'decided', decision })
const leads = (decision: Decision) => up('l1', { role: 'leader', phase: 'decided', ballot: 0, clients: [], decision })

describe('[GL06] §2, transaction commit', () => {
  test('consistency: leaders and resource managers decide the same', () => {
    expect(agreement.holds(seen(leads('commit'), decided('commit'), prepared))).toBe(true)
    expect(agreement.holds(seen(leads('abort'), decided('commit')))).toBe(false)
    const forgotten = gone('r2', { role: 'resource-manager', record: 'abort' })
    expect(agreement.holds(seen(decided('commit'), forgotten))).toBe(false)
  })

  test('a commit needs all to be prepared', () => {
    expect(commitNeedsAllPrepared.holds(seen(leads('commit'), prepared))).toBe(true)
    expect(commitNeedsAllPrepared.holds(seen(leads('commit'), working))).toBe(false)
  })

  test('stability: a decision stays, on disk as well', () => {
    const crash = { event: { type: 'crash', forGood: true }, rule: null, effects: [] } as const
    const kept = gone('r1', { role: 'resource-manager', record: 'commit' })
    const lost = gone('r1', { role: 'resource-manager', record: 'prepared' })
    expect(stability.holds({ before: decided('commit'), after: kept, ...crash })).toBe(true)
    expect(stability.holds({ before: decided('commit'), after: lost, ...crash })).toBe(false)
  })

  test('nonblocking: those who are gone did not help', () => {
    const leader = (decision: Decision | null) => gone('l1', { role: 'leader', ballot: 0, decision })
    const acceptor = gone('a1', { role: 'acceptor', promised: 1, votes: {} })
    const voted = gone('a1', { role: 'acceptor', promised: 0, votes: { r1: { ballot: 0, value: 'prepared' } } })
    const { holds } = commitWithout(1, 1)
    expect(holds(seen(leader(null), acceptor, decided('commit')))).toBe(true)
    expect(holds(seen(leader('commit'), acceptor, decided('commit')))).toBe(false)
    expect(holds(seen(leader(null), voted, decided('commit')))).toBe(false)
    expect(holds(seen(leader(null), acceptor, decided('commit'), prepared))).toBe(false)
  })
})

/** Every state, none left out, so that the counts mean the same for every checker. */
const plainly = async (model: Model<any>): Promise<Report> => rightOf(await check(model, { reduce: [] }))

const one = { resourceManagers: 1, acceptors: 3, leaders: 1 }

describe('the models', () => {
  test.each<{ model: Model<any>; states: number; transitions: number; depth: number }>([
    { model: atomicCommit.build({ ...one, ballots: 1, crashes: 0 }), states: 6486, transitions: 17905, depth: 20 },
    { model: atomicCommit.build({ ...one, ballots: 1, crashes: 1 }), states: 36744, transitions: 129053, depth: 21 },
    {
      model: atomicCommit.build({ ...one, resourceManagers: 2, ballots: 0, crashes: 0 }),
      states: 40710,
      transitions: 187692,
      depth: 22
    },
    {
      model: twoLeaders.build({ ...one, leaders: 2, ballots: 1, crashes: 0 }),
      states: 17106,
      transitions: 51501,
      depth: 23
    },
    {
      model: partition.build({ resourceManagers: 1, ballots: 0, crashes: 0 }),
      states: 2907,
      transitions: 9413,
      depth: 13
    },
    {
      model: oneWayPartition.build({ resourceManagers: 1, ballots: 0, crashes: 0 }),
      states: 5472,
      transitions: 20048,
      depth: 13
    },
    { model: setUpWrong, states: 137, transitions: 356, depth: 9 }
  ])('$model.name holds in each of its $states states', async ({ model, ...counts }) =>
    expect(await plainly(model)).toMatchObject({ verdict: 'holds', complete: true, ...counts })
  )

  // These are too large to be explored without reductions here.
  test.each<{ model: Model<any> }>([
    { model: nonblocking.build({ resourceManagers: 1, ballots: 2 }) },
    { model: fifo.build({ resourceManagers: 1, ballots: 1, crashes: 1 }) },
    { model: unordered.build({ resourceManagers: 1, ballots: 1, crashes: 0, lose: 1, duplicate: 0 }) },
    { model: noVote }
  ])('$model.name holds', async ({ model }) =>
    expect(rightOf(await check(model))).toMatchObject({ verdict: 'holds', complete: true })
  )

  test('fire every rule', async () => {
    const models = [
      atomicCommit.build({ ...one, ballots: 1, crashes: 1 }),
      atomicCommit.build({ ...one, resourceManagers: 2, ballots: 0, crashes: 0 }),
      twoLeaders.build({ ...one, leaders: 2, ballots: 1, crashes: 0 }),
      noVote,
      setUpWrong
    ]
    const reports = await Promise.all(models.map(async (model) => rightOf(await check(model))))
    const fired = new Set(reports.flatMap(({ rules }) => rules.fired))
    expect(paxosCommit.rules.filter((rule) => !fired.has(rule))).toEqual([])
  })

  test('without a majority of acceptors nobody ever commits', async () => {
    const { asExpected, complete, property } = rightOf(await check(noMajority))
    expect({ asExpected, complete }).toEqual({ asExpected: true, complete: true })
    expect(property).toBe('all-commit-without-0-leaders-and-2-acceptors')
  })

  test.each<{ file: string; model: Model<any> }>([
    { file: 'forgotten-preparation', model: forgottenPreparation },
    { file: 'forgotten-member', model: forgottenMember },
    { file: 'forgotten-vote', model: forgottenVote },
    { file: 'free-choice', model: freeChoice },
    { file: 'two-minorities', model: twoMinorities }
  ])('$model.name', async ({ file, model }) => expectCounterexample(model, `paxos-commit/${file}.txt`))
})
