// Long because it has a line for each clause of the figure.
/** Percolator, clause by clause, and its models. */
import { describe, expect, test } from '@jest/globals'
import { either } from 'fp-ts'
import { emptyMap, mapOf, type Self } from '../spec/kernel/index.ts'
import {
  percolator,
  shardOf,
  valueIn,
  type Cell,
  type Message,
  type Percolator,
  type Phase,
  type Running,
  type Shard
} from '../spec/percolator/index.ts'
import { check, type Report } from '../src/checker/index.ts'
import type { Model, ParametricModel } from '../src/model/index.ts'
import { config } from '../models/percolator/cluster.ts'
import conflict from '../models/percolator/conflict.model.ts'
import earlyTimestamp from '../models/percolator/early-timestamp.model.ts'
import forgottenLock from '../models/percolator/forgotten-lock.model.ts'
import noLockCheck from '../models/percolator/no-lock-check.model.ts'
import noPrimaryCheck from '../models/percolator/no-primary-check.model.ts'
import noRollbackRecord from '../models/percolator/no-rollback-record.model.ts'
import noWriteCheck from '../models/percolator/no-write-check.model.ts'
import opposite from '../models/percolator/opposite.model.ts'
import partition from '../models/percolator/partition.model.ts'
import reports from '../models/percolator/reports.model.ts'
import setUpWrong from '../models/percolator/set-up-wrong.model.ts'
import transfer from '../models/percolator/transfer.model.ts'
import { arm, clauses, deliver, disarm, isTotal, send, timeout } from './support/clauses.ts'
import { expectCounterexample } from './support/counterexample.ts'
import { rightOf } from './support/runs.ts'

const self = (id: string): Self<Percolator> => ({ id, nodes: ['oracle', 'shard-x', 'shard-y', 'c1'], config })
const lock = { start: 3, primary: 'x', value: 1 }
const committed = { start: 1, commit: 2, value: 7 }
const rolledBack = { start: 3, commit: null, value: null }
const shard = (cell: Partial<Cell> | null): Shard => ({
  role: 'shard',
  cells: cell === null ? emptyMap : mapOf([['x', { lock: null, records: [], ...cell }] as const])
})
const from = (message: object) => deliver('c1', { key: 'x', ...message })
const tells = (message: object) => [send('c1', { key: 'x', ...message })]

describe('[Percolator] Figure 6, Get', () => {
  const get = (at: number) => from({ type: 'get', at })
  const got = (at: number, value: number | null) => tells({ type: 'got', at, value })
  const met = tells({ type: 'locked', at: 3, start: 3, primary: 'x' })
  clauses(percolator, self('shard-x'), [
    ['what nobody wrote is nothing', shard(null), get(3), 'get', shard(null), got(3, null)],
    [
      'the last commit before the start',
      shard({ records: [committed] }),
      get(2),
      'get',
      shard({ records: [committed] }),
      got(2, 7)
    ],
    ['none after it', shard({ records: [committed] }), get(1), 'get', shard({ records: [committed] }), got(1, null)],
    [
      'what was rolled back is not seen',
      shard({ records: [committed, rolledBack] }),
      get(9),
      'get',
      shard({ records: [committed, rolledBack] }),
      got(9, 7)
    ],
    ['a lock from before is in the way', shard({ lock }), get(3), 'get-meets-lock', shard({ lock }), met],
    [
      'a lock from after is not',
      shard({ lock, records: [committed] }),
      get(2),
      'get',
      shard({ lock, records: [committed] }),
      got(2, 7)
    ]
  ])
  test('commits are compared by commit timestamp, not by start', () => {
    const records = [
      { start: 1, commit: 9, value: 'late' },
      { start: 2, commit: 3, value: 'early' }
    ]
    expect([2, 3, 8, 9].map((at) => valueIn({ lock: null, records }, at))).toEqual([null, 'early', 'early', 'late'])
  })
})

describe('[Percolator] Figure 6, Prewrite', () => {
  const prewrite = (start: number) => from({ type: 'prewrite', start, value: 1, primary: 'x' })
  const answer = (type: string, start: number) => tells({ type, start })
  const later = { start: 4, commit: 5, value: 8 }
  clauses(percolator, self('shard-x'), [
    ['locks', shard(null), prewrite(3), 'lock', shard({ lock }), answer('prewritten', 3)],
    [
      'not after a later commit',
      shard({ records: [later] }),
      prewrite(3),
      'refuse-lock',
      shard({ records: [later] }),
      answer('refused', 3)
    ],
    [
      'but after an earlier one',
      shard({ records: [committed] }),
      prewrite(3),
      'lock',
      shard({ lock, records: [committed] }),
      answer('prewritten', 3)
    ],
    [
      'not where there is a lock, at any time',
      shard({ lock }),
      prewrite(2),
      'refuse-lock',
      shard({ lock }),
      answer('refused', 2)
    ],
    [
      'a lock of its own is its own',
      shard({ lock }),
      prewrite(3),
      'lock-again',
      shard({ lock }),
      answer('prewritten', 3)
    ],
    [
      'a commit of its own, too',
      shard({ records: [committed] }),
      prewrite(1),
      'lock-again',
      shard({ records: [committed] }),
      answer('prewritten', 1)
    ],
    [
      'not after a rollback',
      shard({ records: [rolledBack] }),
      prewrite(3),
      'refuse-lock',
      shard({ records: [rolledBack] }),
      answer('refused', 3)
    ]
  ])
})

describe('[Percolator] Figure 6, Commit', () => {
  const commit = from({ type: 'commit', start: 3, commit: 6 })
  const done = { start: 3, commit: 6, value: 1 }
  const other = { ...lock, start: 2 }
  clauses(percolator, self('shard-x'), [
    [
      'replaces the lock',
      shard({ lock, records: [committed] }),
      commit,
      'commit-lock',
      shard({ records: [committed, done] }),
      tells({ type: 'committed', start: 3 })
    ],
    [
      'once',
      shard({ records: [done] }),
      commit,
      'commit-again',
      shard({ records: [done] }),
      tells({ type: 'committed', start: 3 })
    ],
    [
      'not where the lock is gone',
      shard({ records: [rolledBack] }),
      commit,
      'lock-is-gone',
      shard({ records: [rolledBack] }),
      tells({ type: 'gone', start: 3 })
    ],
    [
      'nor where it is another’s',
      shard({ lock: other }),
      commit,
      'lock-is-gone',
      shard({ lock: other }),
      tells({ type: 'gone', start: 3 })
    ]
  ])
})

describe('[Percolator] §2.2, locks left behind', () => {
  const resolve = from({ type: 'resolve', start: 3 })
  const settle = (outcome: number | null) => from({ type: 'settle', start: 3, outcome })
  const resolved = (outcome: number | null) => tells({ type: 'resolved', start: 3, outcome })
  const settled = tells({ type: 'settled', start: 3 })
  const done = { start: 3, commit: 6, value: 1 }
  const other = { ...lock, start: 2 }
  clauses(percolator, self('shard-x'), [
    [
      'a primary that is locked is rolled back',
      shard({ lock }),
      resolve,
      'roll-back',
      shard({ records: [rolledBack] }),
      resolved(null)
    ],
    [
      'one that is not locked yet never will be',
      shard(null),
      resolve,
      'roll-back',
      shard({ records: [rolledBack] }),
      resolved(null)
    ],
    [
      'another’s lock stays',
      shard({ lock: other }),
      resolve,
      'roll-back',
      shard({ lock: other, records: [rolledBack] }),
      resolved(null)
    ],
    [
      'one that is committed tells when',
      shard({ records: [done] }),
      resolve,
      'tell-outcome',
      shard({ records: [done] }),
      resolved(6)
    ],
    [
      'one that was rolled back says so',
      shard({ records: [rolledBack] }),
      resolve,
      'tell-outcome',
      shard({ records: [rolledBack] }),
      resolved(null)
    ],
    [
      'a secondary is rolled forward',
      shard({ lock }),
      settle(6),
      'roll-forward-lock',
      shard({ records: [done] }),
      settled
    ],
    ['or back', shard({ lock }), settle(null), 'roll-back-lock', shard({ records: [rolledBack] }), settled],
    [
      'or was settled before',
      shard({ records: [done] }),
      settle(6),
      'nothing-to-settle',
      shard({ records: [done] }),
      settled
    ]
  ])
})

describe('[Percolator] §2.3, the timestamp oracle', () => {
  const oracle = (last: number, given: ReadonlyArray<readonly [string, number]>) => ({
    role: 'oracle',
    last,
    given: mapOf(given)
  })
  const ask = (purpose: string) => deliver('c1', { type: 'ask', transaction: 't', purpose })
  const given = (purpose: string, timestamp: number) => [
    send('c1', { type: 'given', transaction: 't', purpose, timestamp })
  ]
  clauses(percolator, self('oracle'), [
    ['gives the next', oracle(0, []), ask('start'), 'give-timestamp', oracle(1, [['t start', 1]]), given('start', 1)],
    [
      'one for each purpose',
      oracle(1, [['t start', 1]]),
      ask('commit'),
      'give-timestamp',
      oracle(2, [
        ['t start', 1],
        ['t commit', 2]
      ]),
      given('commit', 2)
    ],
    [
      'and the same to who asks again',
      oracle(2, [['t start', 1]]),
      ask('start'),
      'give-the-same',
      oracle(2, [['t start', 1]]),
      given('start', 1)
    ]
  ])
  test('what it gave outlives a crash', () => {
    const disk = { role: 'oracle' as const, last: 4, given: mapOf([['t start', 4] as const]) }
    expect(percolator.recover(self('oracle'), disk).state).toEqual(disk)
    const written: unknown = JSON.parse(JSON.stringify(percolator.codecs.durable.encode(disk)))
    expect(percolator.codecs.durable.decode(written)).toEqual(either.right(disk))
  })
})

describe('[Percolator] Figure 6, a client', () => {
  const write = { type: 'write', key: 'x', value: 1 } as const
  const writeY = { type: 'write', key: 'y', value: 2 } as const
  const readX = { type: 'read', key: 'x' } as const
  const readY = { type: 'read', key: 'y' } as const
  const running = (phase: Phase, more: Partial<Running> = {}) => ({
    role: 'client',
    running: { id: 't', start: 3, done: [], todo: [], writes: [], ...more, phase }
  })
  const both = {
    writes: [
      { key: 'x', value: 1 },
      { key: 'y', value: 2 }
    ]
  }
  const idle = { role: 'client', running: null }
  const tell = (message: object) => deliver('somebody', message)
  const request = (...operations: ReadonlyArray<object>) => ({
    type: 'request',
    id: 't',
    request: { type: 'run', operations }
  })
  const given = (purpose: string, timestamp: number) => tell({ type: 'given', transaction: 't', purpose, timestamp })
  const ask = (to: string, message: object) => [send(to, message), arm('resend')]
  const lockOf = (key: string, value: number) => ({ type: 'prewrite', key, start: 3, value, primary: 'x' })
  const ended = (response: object) => [disarm('resend'), { type: 'reply', id: 't', response }]
  const met = { key: 'y', start: 2 }
  clauses(percolator, self('c1'), [
    [
      'asks for a start timestamp',
      idle,
      request(readX),
      'begin',
      running({ is: 'starting' }, { start: 0, todo: [readX] }),
      ask('oracle', { type: 'ask', transaction: 't', purpose: 'start' })
    ],
    [
      'reads as of then',
      running({ is: 'starting' }, { start: 0, todo: [readX] }),
      given('start', 3),
      'next-operation',
      running({ is: 'reading' }, { todo: [readX] }),
      ask('shard-x', { type: 'get', key: 'x', at: 3 })
    ],
    [
      'buffers writes, and reads them itself',
      running({ is: 'starting' }, { start: 0, todo: [write, readX] }),
      given('start', 3),
      'lock-primary',
      running({ is: 'locking-primary' }, { done: [write, { ...readX, value: 1 }], writes: [{ key: 'x', value: 1 }] }),
      ask('shard-x', lockOf('x', 1))
    ],
    [
      'the last write of a key counts',
      running({ is: 'starting' }, { start: 0, todo: [write, { ...write, value: 5 }] }),
      given('start', 3),
      'lock-primary',
      running({ is: 'locking-primary' }, { done: [write, { ...write, value: 5 }], writes: [{ key: 'x', value: 5 }] }),
      ask('shard-x', lockOf('x', 5))
    ],
    [
      'is done when it only read',
      running({ is: 'reading' }, { todo: [readX] }),
      tell({ type: 'got', key: 'x', at: 3, value: 7 }),
      'commit-read-only',
      idle,
      ended({ type: 'committed', results: [{ ...readX, value: 7 }] })
    ],
    [
      'asks the primary of a lock that it meets',
      running({ is: 'reading' }, { todo: [readY] }),
      tell({ type: 'locked', key: 'y', at: 3, start: 2, primary: 'x' }),
      'ask-primary',
      running({ is: 'resolving', ...met, primary: 'x' }, { todo: [readY] }),
      ask('shard-x', { type: 'resolve', key: 'x', start: 2 })
    ],
    [
      'tells the lock',
      running({ is: 'resolving', ...met, primary: 'x' }, { todo: [readY] }),
      tell({ type: 'resolved', key: 'x', start: 2, outcome: null }),
      'settle-lock',
      running({ is: 'settling', ...met, outcome: null }, { todo: [readY] }),
      ask('shard-y', { type: 'settle', ...met, outcome: null })
    ],
    [
      'and reads again',
      running({ is: 'settling', ...met, outcome: null }, { todo: [readY] }),
      tell({ type: 'settled', ...met }),
      'read-again',
      running({ is: 'reading' }, { todo: [readY] }),
      ask('shard-y', { type: 'get', key: 'y', at: 3 })
    ],
    [
      'locks the primary, then the others',
      running({ is: 'locking-primary' }, both),
      tell({ type: 'prewritten', key: 'x', start: 3 }),
      'lock-secondaries',
      running({ is: 'locking', missing: ['y'] }, both),
      ask('shard-y', lockOf('y', 2))
    ],
    [
      'counts them',
      running({ is: 'locking', missing: ['y', 'z'] }, both),
      tell({ type: 'prewritten', key: 'z', start: 3 }),
      'count-lock',
      running({ is: 'locking', missing: ['y'] }, both),
      []
    ],
    [
      'asks for the commit timestamp when all are there',
      running({ is: 'locking', missing: ['y'] }, both),
      tell({ type: 'prewritten', key: 'y', start: 3 }),
      'ask-for-commit-timestamp',
      running({ is: 'timing' }, both),
      ask('oracle', { type: 'ask', transaction: 't', purpose: 'commit' })
    ],
    [
      'aborts where one is refused',
      running({ is: 'locking', missing: ['y'] }, both),
      tell({ type: 'refused', key: 'y', start: 3 }),
      'abort-on-conflict',
      idle,
      ended({ type: 'aborted', reason: 'conflict' })
    ],
    [
      'commits the primary first',
      running({ is: 'timing' }, both),
      given('commit', 9),
      'commit-primary',
      running({ is: 'committing', commit: 9 }, both),
      ask('shard-x', { type: 'commit', key: 'x', start: 3, commit: 9 })
    ],
    [
      'then the others, and tells',
      running({ is: 'committing', commit: 9 }, { ...both, done: [write, writeY] }),
      tell({ type: 'committed', key: 'x', start: 3 }),
      'commit-secondaries',
      idle,
      [
        send('shard-y', { type: 'commit', key: 'y', start: 3, commit: 9 }),
        ...ended({ type: 'committed', results: [write, writeY] })
      ]
    ],
    [
      'aborts where the primary is gone',
      running({ is: 'committing', commit: 9 }, both),
      tell({ type: 'gone', key: 'x', start: 3 }),
      'abort-rolled-back',
      idle,
      ended({ type: 'aborted', reason: 'rolled-back' })
    ],
    [
      'asks again',
      running({ is: 'timing' }, both),
      timeout('resend'),
      'resend',
      running({ is: 'timing' }, both),
      ask('oracle', { type: 'ask', transaction: 't', purpose: 'commit' })
    ],
    [
      'ignores what it does not wait for',
      running({ is: 'timing' }, both),
      tell({ type: 'prewritten', key: 'y', start: 3 }),
      'ignore-late-answer',
      running({ is: 'timing' }, both),
      []
    ],
    [
      'and answers to others',
      running({ is: 'locking', missing: ['y'] }, both),
      tell({ type: 'prewritten', key: 'y', start: 4 }),
      'ignore-late-answer',
      running({ is: 'locking', missing: ['y'] }, both),
      []
    ]
  ])
  test('a shard holds the keys up to the next', () => {
    expect(['', 'a', 'x', 'xz', 'y', 'z'].map((key) => shardOf(config, key))).toEqual([
      ...Array.from({ length: 4 }, () => 'shard-x'),
      'shard-y',
      'shard-y'
    ])
  })
  test('a client that crashed knows nothing', () => {
    expect(percolator.recover(self('c1'), { role: 'client' })).toEqual({ rule: 'recover', state: idle, effects: [] })
  })
})

describe('the reducer answers every message at any time', () => {
  const messages: ReadonlyArray<Message> = [
    { type: 'ask', transaction: 't', purpose: 'start' },
    { type: 'given', transaction: 't', purpose: 'start', timestamp: 1 },
    { type: 'given', transaction: 't', purpose: 'commit', timestamp: 2 },
    ...['x', 'y'].flatMap((key): ReadonlyArray<Message> => [
      { type: 'get', key, at: 1 },
      { type: 'got', key, at: 1, value: 1 },
      { type: 'locked', key, at: 1, start: 1, primary: 'x' },
      { type: 'prewrite', key, start: 1, value: 1, primary: 'x' },
      { type: 'prewritten', key, start: 1 },
      { type: 'refused', key, start: 1 },
      { type: 'commit', key, start: 1, commit: 2 },
      { type: 'committed', key, start: 1 },
      { type: 'gone', key, start: 1 },
      { type: 'resolve', key, start: 1 },
      { type: 'resolved', key, start: 1, outcome: null },
      { type: 'settle', key, start: 1, outcome: 2 },
      { type: 'settled', key, start: 1 }
    ])
  ]
  const run = {
    type: 'request',
    id: 't',
    request: {
      type: 'run',
      operations: [
        { type: 'read', key: 'y' },
        { type: 'write', key: 'x', value: 1 },
        { type: 'write', key: 'y', value: 1 }
      ]
    }
  }
  test.each(['oracle', 'shard-x'])('%s', (id) =>
    isTotal(percolator, self(id), [...messages.map((message) => deliver('c1', message)), run, timeout('resend')])
  )
  test('c1', () =>
    isTotal(percolator, self('c1'), [
      run,
      ...messages.map((message) => deliver('shard-x', message)),
      timeout('resend')
    ]))
})

const reportOf = async (given: Model<any> | ParametricModel, values: object = {}): Promise<Report> =>
  rightOf(await check('build' in given ? given.build(values) : given, { reduce: [] }))

describe('the models', () => {
  const fired = new Set<string>()
  test.each<[string, Model<any> | ParametricModel, object]>([
    ['a transfer and a report, with a crash', transfer, { crashes: 1 }],
    ['two transactions on the same keys', conflict, { crashes: 0 }],
    ['two transactions with different primaries', opposite, { crashes: 0 }],
    ['reports after one another', reports, { crashes: 0 }],
    ['partitions', partition, { crashes: 0 }],
    ['used wrongly', setUpWrong, {}]
  ])('%s', async (_name, given, values) => {
    const report = await reportOf(given, values)
    for (const rule of report.rules.fired) fired.add(rule)
    expect(report).toMatchObject({ verdict: 'holds', complete: true })
  })
  test('every rule fires in some of them', () =>
    expect(percolator.rules.filter((rule) => !fired.has(rule))).toEqual([]))

  test.each<[string, Model<any>, string]>([
    ['no primary check', noPrimaryCheck, 'no-primary-check'],
    ['no record of a rollback', noRollbackRecord, 'no-rollback-record'],
    ['no lock check', noLockCheck, 'no-lock-check'],
    ['commit timestamp before the locks', earlyTimestamp, 'early-timestamp'],
    ['no write check', noWriteCheck, 'no-write-check'],
    ['locks not on disk', forgottenLock, 'forgotten-lock']
  ])('broken: %s', (_name, broken, golden) => expectCounterexample(broken, `percolator/${golden}.txt`))
})
