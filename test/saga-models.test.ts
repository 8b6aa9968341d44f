/** What sagas promise, and the models of both kinds: verdicts, counts, rules, counterexamples. */
import { describe, expect, test } from '@jest/globals'
import backwardRecovery from '../models/saga/backward-recovery.model.ts'
import dirtyRead from '../models/saga/dirty-read.model.ts'
import doubleCharge from '../models/saga/double-charge.model.ts'
import forgottenAnswer from '../models/saga/forgotten-answer.model.ts'
import hastyCompensation from '../models/saga/hasty-compensation.model.ts'
import lateStep from '../models/saga/late-step.model.ts'
import noPivot from '../models/saga/no-pivot.model.ts'
import oneWayPartition from '../models/saga/one-way-partition.model.ts'
import parallelSteps from '../models/saga/parallel-steps.model.ts'
import partition from '../models/saga/partition.model.ts'
import pivot from '../models/saga/pivot.model.ts'
import semanticLockDeadlock from '../models/saga/semantic-lock-deadlock.model.ts'
import semanticLock from '../models/saga/semantic-lock.model.ts'
import setUpWrong from '../models/saga/set-up-wrong.model.ts'
import unloggedCall from '../models/saga/unlogged-call.model.ts'
import unordered from '../models/saga/unordered.model.ts'
import { check, type Report } from '../src/checker/index.ts'
import type { Model } from '../src/model/model.ts'
import type { NodeId, NodeView } from '../spec/kernel/index.ts'
import {
  atMostOnce,
  compensatedUndidAll,
  completedDidAll,
  inOrder,
  inReverseOrder,
  noReturnAfterPivot,
  refusalsLast,
  saga,
  toldForGood,
  undoneAfterDone,
  withinUnits,
  type Definition,
  type Entry,
  type Response,
  type Saga,
  type SagaProtocol,
  type State
} from '../spec/saga/index.ts'
import { expectCounterexample } from './support/counterexample.ts'
import { rightOf } from './support/runs.ts'

const view = (id: NodeId, state: State): NodeView<SagaProtocol> => ({
  id,
  up: true,
  state,
  durable: state,
  timers: [],
  machine: null
})
const log = (...sagas: ReadonlyArray<Saga>) => view('orchestrator', { role: 'orchestrator', sagas })
const ledger = (id: NodeId, ...did: ReadonlyArray<Entry['did']>) =>
  view(id, {
    role: 'service',
    units: 1,
    answered: {},
    ledger: did.map((what) => ({ saga: 's', did: what }))
  })
const ended = (outcome: 'completed' | 'compensated'): Saga => ({ id: 's', phase: 'ended', outcome })
const seen = (...nodes: ReadonlyArray<NodeView<SagaProtocol>>) => ({ nodes, network: [] })

const definition: Definition = {
  stages: [[{ service: 'a', action: 'take' }], [{ service: 'b', action: 'take' }]],
  pivot: 1
}

describe('[GS87] T1 … Tn, or T1 … Tj Cj … C1', () => {
  test('each step and each compensation at most once', () => {
    expect(atMostOnce.holds(seen(ledger('a', 'take', 'give-back')))).toBe(true)
    expect(atMostOnce.holds(seen(ledger('a', 'take', 'take')))).toBe(false)
    expect(atMostOnce.holds(seen(ledger('a', 'take', 'give-back', 'give-back')))).toBe(false)
  })

  test('nothing is undone that was not done', () => {
    expect(undoneAfterDone.holds(seen(ledger('a', 'take', 'give-back')))).toBe(true)
    expect(undoneAfterDone.holds(seen(ledger('a', 'give-back')))).toBe(false)
    expect(undoneAfterDone.holds(seen(ledger('a', 'give-back', 'take')))).toBe(false)
  })

  test('a service gives no more than it has', () => {
    expect(withinUnits.holds(seen(ledger('a', 'take')))).toBe(true)
    expect(withinUnits.holds(seen(ledger('a', 'take', 'take')))).toBe(false)
  })

  test('who completed did all', () => {
    const { holds } = completedDidAll(definition)
    expect(holds(seen(log(ended('completed')), ledger('a', 'take'), ledger('b', 'take')))).toBe(true)
    expect(holds(seen(log(ended('completed')), ledger('a', 'take'), ledger('b')))).toBe(false)
    expect(holds(seen(log(ended('completed')), ledger('a', 'take', 'give-back'), ledger('b', 'take')))).toBe(false)
  })

  test('who was compensated left nothing', () => {
    const { holds } = compensatedUndidAll(definition)
    expect(holds(seen(log(ended('compensated')), ledger('a', 'take', 'give-back'), ledger('b')))).toBe(true)
    expect(holds(seen(log(ended('compensated')), ledger('a', 'take', 'give-back'), ledger('b', 'take')))).toBe(false)
  })

  test('in order, and in reverse order', () => {
    expect(inOrder(definition).holds(seen(ledger('a', 'take'), ledger('b', 'take')))).toBe(true)
    expect(inOrder(definition).holds(seen(ledger('a'), ledger('b', 'take')))).toBe(false)
    const { holds } = inReverseOrder(definition)
    expect(holds(seen(ledger('a', 'take'), ledger('b', 'take', 'give-back')))).toBe(true)
    expect(holds(seen(ledger('a', 'take', 'give-back'), ledger('b', 'take', 'give-back')))).toBe(true)
    expect(holds(seen(ledger('a', 'take', 'give-back'), ledger('b', 'take')))).toBe(false)
  })

  test('[MRSK92] nothing is undone after the pivot', () => {
    const { holds } = noReturnAfterPivot(definition)
    expect(holds(seen(ledger('a', 'take'), ledger('b', 'take')))).toBe(true)
    expect(holds(seen(ledger('a', 'take', 'give-back'), ledger('b')))).toBe(true)
    expect(holds(seen(ledger('a', 'take', 'give-back'), ledger('b', 'take')))).toBe(false)
  })

  test('a refusal is a dirty read if what it saw is undone', () => {
    const refusing = (...did: ReadonlyArray<Entry['did']>) =>
      view('a', {
        role: 'service',
        units: 1,
        answered: { 'r/take': 'refused' },
        ledger: did.map((what) => ({ saga: 's', did: what }))
      })
    expect(refusalsLast.holds(seen(refusing('take')))).toBe(true)
    expect(refusalsLast.holds(seen(refusing('take', 'give-back')))).toBe(false)
  })

  type Status = Extract<Response, { readonly type: 'status' }>['status']
  test.each<{ statuses: ReadonlyArray<Status>; holds: boolean }>([
    { statuses: ['unknown', 'running', 'compensating', 'compensated', 'compensated'], holds: true },
    { statuses: ['running', 'running', 'completed', 'completed'], holds: true },
    { statuses: ['completed', 'compensated'], holds: false },
    { statuses: ['completed', 'running'], holds: false },
    { statuses: ['running', 'unknown'], holds: false }
  ])('clients may be told $statuses: $holds', ({ statuses, holds }) => {
    const told = statuses.reduce<unknown>(
      (content, status) => toldForGood.next(content, { type: 'reply', id: 'r', response: { type: 'status', status } }),
      toldForGood.initial
    )
    expect(toldForGood.holds(told)).toBe(holds)
  })
})

/** Every state, none left out, so that the counts mean the same for every checker. */
const plainly = async (model: Model<any>): Promise<Report> => rightOf(await check(model, { reduce: [] }))

describe('the models with an orchestrator', () => {
  test.each<{ model: Model<any>; states: number; transitions: number; depth: number }>([
    { model: backwardRecovery.build({ services: 3, crashes: 2 }), states: 1415, transitions: 4598, depth: 17 },
    { model: parallelSteps.build({ crashes: 1 }), states: 2784, transitions: 9456, depth: 20 },
    { model: pivot.build({ crashes: 2, questions: 1 }), states: 2996, transitions: 12079, depth: 14 },
    { model: partition.build({ crashes: 0 }), states: 1206, transitions: 3212, depth: 16 },
    { model: oneWayPartition.build({ crashes: 0 }), states: 2144, transitions: 6796, depth: 16 },
    { model: unordered.build({ crashes: 1, lose: 0, duplicate: 0 }), states: 13592, transitions: 56222, depth: 22 },
    { model: semanticLock.build({ crashes: 1, sagas: 2 }), states: 1149, transitions: 3056, depth: 15 },
    { model: setUpWrong, states: 128, transitions: 344, depth: 8 }
  ])('$model.name holds in each of its $states states', async ({ model, ...counts }) =>
    expect(await plainly(model)).toMatchObject({ verdict: 'holds', complete: true, ...counts })
  )

  test('fire every rule', async () => {
    const models = [
      parallelSteps.build({ crashes: 1 }),
      pivot.build({ crashes: 1, questions: 1 }),
      semanticLock.build({ crashes: 0, sagas: 2 }),
      setUpWrong
    ]
    const reports = await Promise.all(models.map(plainly))
    const fired = new Set(reports.flatMap(({ rules }) => rules.fired))
    expect(saga.rules.filter((rule) => !fired.has(rule))).toEqual([])
  })

  test.each<{ file: string; model: Model<any> }>([
    { file: 'double-charge', model: doubleCharge },
    { file: 'forgotten-answer', model: forgottenAnswer },
    { file: 'unlogged-call', model: unloggedCall },
    { file: 'late-step', model: lateStep },
    { file: 'hasty-compensation', model: hastyCompensation },
    { file: 'no-pivot', model: noPivot },
    { file: 'dirty-read', model: dirtyRead },
    { file: 'semantic-lock-deadlock', model: semanticLockDeadlock }
  ])('$model.name', async ({ file, model }) => expectCounterexample(model, `saga/${file}.txt`))
})
