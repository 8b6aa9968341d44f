/** What primary-backup replication promises, and its models: verdicts, counts, rules, counterexamples. */
import { describe, expect, test } from '@jest/globals'
import asynchronousModel from '../models/primary-backup/asynchronous.model.ts'
import chainModel from '../models/primary-backup/chain.model.ts'
import fifoModel from '../models/primary-backup/fifo.model.ts'
import forgottenLog from '../models/primary-backup/forgotten-log.model.ts'
import forgottenView from '../models/primary-backup/forgotten-view.model.ts'
import hastyService from '../models/primary-backup/hasty-service.model.ts'
import localRead from '../models/primary-backup/local-read.model.ts'
import lostWrite from '../models/primary-backup/lost-write.model.ts'
import oneWayPartitionModel from '../models/primary-backup/one-way-partition.model.ts'
import ownLog from '../models/primary-backup/own-log.model.ts'
import partitionModel from '../models/primary-backup/partition.model.ts'
import readsModel from '../models/primary-backup/reads.model.ts'
import rejoinModel from '../models/primary-backup/rejoin.model.ts'
import semiSynchronousModel from '../models/primary-backup/semi-synchronous.model.ts'
import setUpWrong from '../models/primary-backup/set-up-wrong.model.ts'
import synchronousModel from '../models/primary-backup/synchronous.model.ts'
import twoLost from '../models/primary-backup/two-lost.model.ts'
import { appendAll, emptyLog, type Log, type NodeId, type NodeView } from '../spec/kernel/index.ts'
import {
  acknowledgedStay,
  acknowledgedSurvive,
  atMostOneServes,
  backupsCommitLater,
  backupsHoldPrefix,
  converged,
  copiesExist,
  copiesIn,
  everyBackup,
  primaryBackup,
  updatePropagation,
  type Entry,
  type Kept,
  type PrimaryBackup,
  type State,
  type View
} from '../spec/primary-backup/index.ts'
import { check, type Report } from '../src/checker/index.ts'
import type { Model } from '../src/model/model.ts'
import { expectCounterexample } from './support/counterexample.ts'
import { rightOf } from './support/runs.ts'

const first: View = { number: 1, primary: 's1', backups: ['s2', 's3'] }
const second: View = { number: 2, primary: 's2', backups: ['s3'] }
const logOf = (...values: ReadonlyArray<string>): Log<Entry> =>
  appendAll<Entry>(
    emptyLog,
    values.map((value) => ({ type: 'write', value }))
  )
const kept = (more: Partial<Kept> = {}): Kept => ({ view: first, synced: 1, log: emptyLog, committed: 0, ...more })
const inSecond = (more: Partial<Kept> = {}): Kept => kept({ view: second, synced: 2, ...more })

const up = (id: NodeId, state: State): NodeView<PrimaryBackup> => ({
  id,
  up: true,
  state,
  durable: primaryBackup.durable(state),
  timers: [],
  machine: null
})
const backup = (id: NodeId, of: Kept) => up(id, { role: 'server', ...of, phase: 'backup' })
const serving = (id: NodeId, of: Kept) =>
  up(id, { role: 'server', ...of, phase: 'serving', confirmed: {}, waiting: [], due: 0 })
const down = (id: NodeId, of: Kept): NodeView<PrimaryBackup> => ({
  id,
  up: false,
  durable: { role: 'server', ...of },
  gone: false
})
const seen = (...nodes: ReadonlyArray<NodeView<PrimaryBackup>>) => ({ nodes, network: [] })

describe('[BMST93], Pb1: at most one serves', () => {
  const deposed = serving('s1', kept())
  const next = serving('s2', inSecond())
  test.each([
    ['a primary that was replaced does not, once a backup has entered another view', backup('s3', inSecond()), true],
    ['two do, while each has all its backups', backup('s3', kept()), true]
  ])('%s', (_clause, third, holds) =>
    expect(atMostOneServes(everyBackup).holds(seen(deposed, next, third))).toBe(holds)
  )

  test('two do, where nobody must agree', () =>
    expect(atMostOneServes(copiesIn('asynchronous')).holds(seen(deposed, next, backup('s3', kept())))).toBe(false))

  test('one does', () => expect(atMostOneServes(everyBackup).holds(seen(deposed, backup('s2', kept())))).toBe(true))
})

describe('what is acknowledged', () => {
  const acknowledged = kept({ log: logOf('x'), committed: 1 })
  test.each([
    ['is in the log of who serves', serving('s2', inSecond({ log: logOf('x', 'y') })), true],
    ['is not, if another is in its place', serving('s2', inSecond({ log: logOf('y') })), false],
    ['is not, if nothing is', serving('s2', inSecond()), false],
    ['is not asked of one that does not serve', backup('s2', inSecond()), true],
    ['is not asked of one that was replaced before', serving('s2', kept()), false]
  ])('%s', (_clause, primary, holds) => {
    expect(acknowledgedSurvive.holds(seen(down('s1', acknowledged), primary))).toBe(holds)
    expect(acknowledgedSurvive.holds(seen(backup('s1', acknowledged), primary))).toBe(holds)
  })

  test('in a later view is not asked of a primary of an earlier one', () =>
    expect(
      acknowledgedSurvive.holds(seen(serving('s1', kept()), backup('s3', inSecond({ log: logOf('x'), committed: 1 }))))
    ).toBe(true))

  test.each([
    ['stays', acknowledged, true],
    ['is not dropped', kept({ committed: 1 }), false],
    ['is not changed', kept({ log: logOf('y'), committed: 1 }), false],
    ['is not forgotten to be so', kept({ log: logOf('x') }), false]
  ])('%s', (_clause, after, holds) =>
    expect(
      acknowledgedStay.holds({
        before: backup('s2', acknowledged),
        event: { type: 'crash', forGood: false },
        rule: null,
        effects: [],
        after: down('s2', after)
      })
    ).toBe(holds)
  )

  test('is on as many backups as was said', () => {
    const one = seen(serving('s1', acknowledged), backup('s2', kept({ log: logOf('x') })), down('s3', kept()))
    expect(copiesExist(copiesIn('semi-synchronous')).holds(one)).toBe(true)
    expect(copiesExist(copiesIn('synchronous')).holds(one)).toBe(false)
  })
})

describe('[PacificA] and [CR], invariants of a view', () => {
  const primary = serving('s1', kept({ log: logOf('x', 'y'), committed: 1 }))
  test.each([
    ['less', kept({ log: logOf('x') }), true],
    ['more', kept({ log: logOf('x', 'y', 'z') }), false],
    ['something else', kept({ log: logOf('y') }), false],
    ['something else in another view', inSecond({ log: logOf('y') }), true]
  ])('a backup has %s', (_clause, of, holds) =>
    expect(backupsHoldPrefix.holds(seen(primary, backup('s2', of)))).toBe(holds)
  )

  test('a backup knows of no more commits than its primary', () => {
    expect(backupsCommitLater.holds(seen(primary, backup('s2', kept({ log: logOf('x'), committed: 1 }))))).toBe(true)
    expect(backupsCommitLater.holds(seen(primary, backup('s2', kept({ log: logOf('x', 'y'), committed: 2 }))))).toBe(
      false
    )
  })

  test('down the chain there is less and less', () => {
    const [more, less] = [kept({ log: logOf('x') }), kept()]
    expect(updatePropagation.holds(seen(primary, backup('s2', more), backup('s3', less)))).toBe(true)
    expect(updatePropagation.holds(seen(primary, backup('s2', less), backup('s3', more)))).toBe(false)
  })

  test('replicas have converged when all in a view have all, and know what is acknowledged', () => {
    const all = kept({ log: logOf('x'), committed: 1 })
    expect(converged(seen(serving('s1', all), backup('s2', all), down('s3', kept())))).toBe(true)
    expect(converged(seen(serving('s1', all), backup('s2', kept({ log: logOf('x') }))))).toBe(false)
    expect(converged(seen(serving('s1', all), backup('s2', inSecond())))).toBe(true)
  })
})

const checked = async (model: Model<any>, reduce?: []): Promise<Report> =>
  rightOf(await check(model, reduce === undefined ? {} : { reduce }))

describe('the models', () => {
  test.each<{ model: Model<any>; states: number; transitions: number; depth: number }>([
    {
      model: synchronousModel.build({ backups: 1, writes: 1, views: 2, crashes: 1 }),
      states: 11612,
      transitions: 30314,
      depth: 20
    },
    { model: rejoinModel.build({ backups: 0, views: 3, crashes: 0 }), states: 1848, transitions: 4394, depth: 23 },
    {
      model: chainModel.build({ backups: 2, writes: 1, views: 2, crashes: 0 }),
      states: 66192,
      transitions: 171520,
      depth: 27
    },
    {
      model: asynchronousModel.build({ writes: 1, views: 2, crashes: 0 }),
      states: 43344,
      transitions: 124688,
      depth: 24
    },
    { model: fifoModel.build({ backups: 1, crashes: 1 }), states: 12262, transitions: 35006, depth: 28 }
  ])('$model.name holds in each of its $states states', async ({ model, ...counts }) =>
    expect(await checked(model, [])).toMatchObject({ verdict: 'holds', complete: true, ...counts })
  )

  test.each<Model<any>>([
    synchronousModel.build({ backups: 2, writes: 1, views: 2, crashes: 0 }),
    semiSynchronousModel.build({ writes: 1, views: 3, crashes: 0, crashesForGood: 0 }),
    readsModel.build({ mode: 'synchronous', backups: 1, views: 2, crashes: 0 }),
    partitionModel.build({ views: 2, crashes: 0 }),
    oneWayPartitionModel.build({ views: 2, crashes: 0 })
  ])('$name holds', async (model) => expect(await checked(model)).toMatchObject({ verdict: 'holds', complete: true }))

  test('fire every rule', async () => {
    const models: ReadonlyArray<Model<any>> = [
      synchronousModel.build({ backups: 1, writes: 1, views: 2, crashes: 1 }),
      synchronousModel.build({ backups: 1, writes: 2, views: 2, crashes: 0 }),
      rejoinModel.build({ backups: 1, views: 2, crashes: 0 }),
      setUpWrong
    ]
    const reports = await Promise.all(models.map((model) => checked(model)))
    const fired = new Set(reports.flatMap(({ rules }) => rules.fired))
    expect(primaryBackup.rules.filter((rule) => !fired.has(rule))).toEqual([])
  })

  test.each<{ file: string; model: Model<any> }>([
    { file: 'lost-write', model: lostWrite },
    { file: 'two-lost', model: twoLost },
    { file: 'own-log', model: ownLog },
    { file: 'hasty-service', model: hastyService },
    { file: 'forgotten-log', model: forgottenLog },
    { file: 'forgotten-view', model: forgottenView },
    { file: 'local-read', model: localRead }
  ])('$model.name', async ({ file, model }) => expectCounterexample(model, `primary-backup/${file}.txt`))
})
