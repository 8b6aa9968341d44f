/** The models of Raft: verdicts, counts, rules, and the runs that show why each line is there. */
import { describe, expect, test } from '@jest/globals'
import { either } from 'fp-ts'
import alone from '../models/raft/alone.model.ts'
import carelessVote from '../models/raft/careless-vote.model.ts'
import checkQuorum from '../models/raft/check-quorum.model.ts'
import commitByCounting from '../models/raft/commit-by-counting.model.ts'
import driftingLease from '../models/raft/drifting-lease.model.ts'
import earlyChange from '../models/raft/early-change.model.ts'
import eagerPreVote from '../models/raft/eager-pre-vote.model.ts'
import election from '../models/raft/election.model.ts'
import forgottenLog from '../models/raft/forgotten-log.model.ts'
import forgottenSnapshotTerm from '../models/raft/forgotten-snapshot-term.model.ts'
import forgottenVote from '../models/raft/forgotten-vote.model.ts'
import fourthServer from '../models/raft/fourth-server.model.ts'
import hastyCount from '../models/raft/hasty-count.model.ts'
import hastyReads from '../models/raft/hasty-reads.model.ts'
import joint from '../models/raft/joint.model.ts'
import learner from '../models/raft/learner.model.ts'
import membership from '../models/raft/membership.model.ts'
import parallelWrite from '../models/raft/parallel-write.model.ts'
import preVote from '../models/raft/pre-vote.model.ts'
import reads from '../models/raft/reads.model.ts'
import replication from '../models/raft/replication.model.ts'
import sessions, { unprotected } from '../models/raft/sessions.model.ts'
import silentLeaders from '../models/raft/silent-leaders.model.ts'
import snapshots from '../models/raft/snapshots.model.ts'
import transfer from '../models/raft/transfer.model.ts'
import truncateAlways from '../models/raft/truncate-always.model.ts'
import { check, type CheckOptions, type Report } from '../src/checker/index.ts'
import type { Model } from '../src/model/model.ts'
import { raft } from '../spec/raft/index.ts'
import { renderText } from '../src/trace/index.ts'
import { expectGolden } from './support/golden.ts'

const patience = 120_000

const fired = new Set<string>()
const checked = async (model: Model<any>, options: CheckOptions = {}): Promise<Report> => {
  const report = await check(model, options)
  if (either.isLeft(report)) throw new Error(report.left.what)
  report.right.rules.fired.forEach((rule) => fired.add(rule))
  return report.right
}

const snapshotsEach = { servers: 3, terms: 1, every: 1, keep: 0 }
const calm = { crashes: 0, partitions: 0 }

describe('the models', () => {
  test.each<{ model: Model<any> }>([
    { model: alone.build({ entries: 2, crashes: 2 }) },
    { model: election.build({ servers: 3, terms: 2, crashes: 0, partitions: 1 }) },
    { model: silentLeaders.build({ servers: 3, terms: 2, crashes: 1, partitions: 1 }) },
    { model: silentLeaders.build({ servers: 5, terms: 1, ...calm }) },
    { model: replication.build({ servers: 3, terms: 1, entries: 1, ...calm }) },
    { model: parallelWrite.build({ servers: 3, terms: 1, entries: 1, crashes: 1 }) },
    { model: preVote.build({ servers: 3, terms: 1, crashes: 0, partitions: 1 }) },
    { model: checkQuorum.build({ servers: 3, terms: 1, crashes: 1, partitions: 1 }) },
    { model: reads.build({ servers: 3, terms: 1, reads: 2, crashes: 0 }) },
    { model: snapshots.build({ ...snapshotsEach, entries: 1, all: true, crashes: 1 }) },
    { model: membership.build({ terms: 1, crashes: 0 }) },
    { model: fourthServer.build({ terms: 1, leaves: false, crashes: 0 }) },
    { model: joint.build({ terms: 2, crashes: 0 }) },
    { model: learner.build({ terms: 1, entries: 1, crashes: 0 }) },
    { model: sessions.build({ terms: 2, crashes: 0 }) }
  ])(
    '$model.name holds',
    async ({ model }) => expect(await checked(model)).toMatchObject({ verdict: 'holds', complete: true }),
    patience
  )

  // Every state, none left out, so that the counts mean the same for every checker.
  test.each<{ model: Model<any>; states: number; depth: number }>([
    { model: alone.build({ entries: 1, crashes: 1 }), states: 224, depth: 8 },
    { model: silentLeaders.build({ servers: 3, terms: 1, crashes: 1, partitions: 0 }), states: 3805, depth: 12 },
    { model: reads.build({ servers: 3, terms: 1, reads: 1, crashes: 0 }), states: 8914, depth: 17 }
  ])(
    '$model.name holds in each of its $states states',
    async ({ model, ...counts }) =>
      expect(await checked(model, { reduce: [] })).toMatchObject({ verdict: 'holds', complete: true, ...counts }),
    patience
  )
})

describe('what breaks Raft', () => {
  test.each<Model<any>>([
    forgottenVote,
    forgottenLog,
    forgottenSnapshotTerm,
    earlyChange,
    unprotected,
    carelessVote,
    commitByCounting,
    truncateAlways,
    eagerPreVote,
    hastyCount,
    hastyReads,
    driftingLease
  ])(
    '$name, by the shortest run there is',
    async (model) => {
      const { asExpected, trace } = await checked(model)
      expect(asExpected).toBe(true)
      expectGolden(`raft/${model.name}.txt`, trace === null ? '' : renderText(trace))
    },
    patience
  )
})

test(
  'every rule fires in some model',
  async () => {
    await checked(transfer.build({ servers: 3, terms: 1, crashes: 0 }))
    await checked(preVote.build({ servers: 4, terms: 0, ...calm }))
    await checked(snapshots.build({ ...snapshotsEach, entries: 2, crashes: 0, all: true }))
    expect(raft.rules.filter((rule) => !fired.has(rule))).toEqual([])
  },
  patience
)
