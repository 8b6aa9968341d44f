/** The models of multiversion concurrency control give the verdicts that they expect, and the judge explains why. */
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { ParametricModel, Model } from '../src/model/index.ts'
import { fifo, model } from '../src/model/model.ts'
import { check, type Report } from '../src/checker/index.ts'
import type { Level } from '../src/consistency/index.ts'
import { mvcc, storeSafety, type Isolation } from '../spec/mvcc/index.ts'
import { cluster, level, transaction } from '../models/mvcc/cluster.ts'
import * as conflictFlags from '../models/mvcc/conflict-flags.model.ts'
import * as firstCommitter from '../models/mvcc/first-committer-wins.model.ts'
import * as firstUpdater from '../models/mvcc/first-updater-wins.model.ts'
import forgottenLog from '../models/mvcc/forgotten-log.model.ts'
import forgottenReads from '../models/mvcc/forgotten-reads.model.ts'
import hastyTimestamp from '../models/mvcc/hasty-timestamp.model.ts'
import hastyVacuum from '../models/mvcc/hasty-vacuum.model.ts'
import lateSnapshot from '../models/mvcc/late-snapshot.model.ts'
import noFirstCommitter from '../models/mvcc/no-first-committer.model.ts'
import nonRepeatable from '../models/mvcc/non-repeatable-read.model.ts'
import * as readCommitted from '../models/mvcc/read-committed.model.ts'
import readOnlyAnomaly from '../models/mvcc/read-only-anomaly.model.ts'
import readSkew from '../models/mvcc/read-skew.model.ts'
import * as readValidation from '../models/mvcc/read-validation.model.ts'
import setUpWrong from '../models/mvcc/set-up-wrong.model.ts'
import * as writeSkew from '../models/mvcc/write-skew.model.ts'
import { expectCounterexample } from './support/counterexample.ts'
import { rightOf } from './support/runs.ts'

/** Without reductions: what is sent once and taken once leaves little to reduce. */
const checked = async (each: Model<any>): Promise<Report> => rightOf(await check(each, { reduce: [] }))

const reports = new Map<string, Report>()

describe('each isolation keeps its promise', () => {
  test.each<[string, ReadonlyArray<ParametricModel>]>([
    ['[Adya99] PL-2: read committed', [readCommitted.contended]],
    ['[Berenson95] §4.2: first committer wins', [firstCommitter.contended]],
    ['[Fekete05]: first updater wins', [firstUpdater.contended, firstUpdater.crossed]],
    ['[Cahill08]: conflict flags', [conflictFlags.contended]],
    ['[Cahill08]: conflict flags, where a report may show the anomaly', [conflictFlags.reported]],
    ['[YF12]: read validation', [readValidation.contended]],
    ['[YF12]: read validation, where a report may show the anomaly', [readValidation.reported]]
  ])('%s', async (_name, models) => {
    for (const parametric of models) {
      const report = await checked(parametric.build({ crashes: 0 }))
      reports.set(report.model, report)
      expect(report).toMatchObject({ verdict: 'holds', complete: true })
    }
  })

  test('a crash loses nothing that was committed', async () => {
    const { crossed } = readValidation
    const report = await checked(crossed.build({ crashes: 1 }))
    reports.set(report.model, report)
    expect(report).toMatchObject({ verdict: 'holds', complete: true })
  })

  test('a store that is used wrongly stays sound, and every rule fires in some model', async () => {
    const report = rightOf(await check(setUpWrong.build({ rivals: 0 })))
    expect(report).toMatchObject({ verdict: 'holds', complete: true })
    const fired = [...reports.values(), report].flatMap(({ rules }) => rules.fired)
    expect(mvcc.rules.filter((rule) => !fired.includes(rule))).toEqual([])
  })
})

describe('the level above is broken by its anomaly, and what is broken is found', () => {
  test.each<[string, Model<any>, string]>([
    ['[Berenson95] P2: read committed, non-repeatable read', nonRepeatable, 'non-repeatable-read'],
    ['[Berenson95] A5A: read committed, read skew', readSkew, 'read-skew'],
    ['[Berenson95] A5B: first committer wins, write skew', writeSkew.committers, 'write-skew'],
    ['[Berenson95] A5B: first updater wins, write skew', writeSkew.updaters, 'write-skew-with-locks'],
    ['[Fekete04]: the read-only anomaly', readOnlyAnomaly, 'read-only-anomaly'],
    ['[Berenson95] P4: no first-committer check, lost update', noFirstCommitter, 'no-first-committer'],
    ['snapshot after the first read', lateSnapshot, 'late-snapshot'],
    ['garbage collection past a snapshot', hastyVacuum, 'hasty-vacuum'],
    ['timestamp before validation', hastyTimestamp, 'hasty-timestamp'],
    ['commit log not on disk', forgottenLog, 'forgotten-log'],
    ['reads forgotten at commit', forgottenReads, 'forgotten-reads']
  ])('%s', (_name, broken, golden) => expectCounterexample(broken, `mvcc/${golden}.txt`))
})

const promises: Readonly<Record<Isolation, Level>> = {
  'read-committed': 'strong-read-committed',
  'first-committer-wins': 'strong-snapshot-isolation',
  'first-updater-wins': 'strong-snapshot-isolation',
  'conflict-flags': 'strict-serializable',
  'read-validation': 'strict-serializable'
}

/** Operations of one session; what it writes nobody else does. */
const operations = (session: number, length: number) =>
  fc
    .array(fc.constantFrom('r x', 'r y', 'w x', 'w y', 'scan'), { minLength: length, maxLength: length })
    .map((words) => words.map((word, index) => (word.startsWith('w') ? `${word} ${session * 10 + index}` : word)))
const ending = fc.constantFrom([], [], [], ['abort'])
const session = (number: number, length: number) =>
  fc
    .tuple(operations(number, length), ending)
    .map(([words, end]) => transaction(`t${number}`, `s${number}`, ...words, ...end))
const workload = fc.oneof(
  fc.tuple(session(1, 3), session(2, 3)),
  fc.tuple(session(1, 4), session(2, 2)),
  fc.tuple(session(1, 2), session(2, 2), session(3, 2))
)

describe('whatever transactions run at once', () => {
  test.each(Object.keys(promises) as ReadonlyArray<Isolation>)(
    '%s keeps its promise',
    (isolation) =>
      fc.assert(
        fc.asyncProperty(workload, async (requests) => {
          const report = await checked(
            model({
              name: 'random',
              protocol: mvcc,
              nodes: cluster(isolation, requests.length),
              network: fifo(),
              requests,
              properties: [level(promises[isolation]), ...storeSafety],
              mayStop: true
            })
          )
          expect(report.verdict).toBe('holds')
        }),
        { numRuns: 10 }
      ),
    60_000
  )
})
