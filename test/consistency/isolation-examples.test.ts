/**
 * Histories from the literature, each with the anomaly and the levels that it is known for. Versions become lists: where
 * a paper writes x1 << x2, the elements 1 and 2 stand in this order in x.
 */
import { describe, expect, test } from '@jest/globals'
import { call, historyOf, invoke, ok } from '../../src/consistency/builder.ts'
import { analyse, judge, levels } from '../../src/consistency/isolation/index.ts'
import type {
  AnomalyName,
  CycleKind,
  IsolationOptions,
  Level,
  TransactionHistory
} from '../../src/consistency/isolation/index.ts'
import { right } from './isolation-definitions.ts'
import { asked, concurrent, elleExample, sequential, transaction } from './isolation-words.ts'

interface Example {
  readonly history: TransactionHistory
  /** The names of all anomalies, in real time too where the history is not concurrent. */
  readonly shows: ReadonlyArray<AnomalyName>
  /** The weakest levels that are ruled out. */
  readonly not: ReadonlyArray<Level>
  /** The strongest levels worth mentioning that are not ruled out. */
  readonly still?: ReadonlyArray<Level>
  readonly options?: IsolationOptions
}

const check = ({ history, shows, not, still = [], options = {} }: Example): void => {
  const analysis = right(analyse(history, 'realtime', options))
  expect([...analysis.counts.keys()].toSorted()).toEqual(shows.toSorted())
  expect(analysis.not).toEqual(not)
  for (const level of levels) {
    const isOut = [...analysis.not, ...analysis.alsoNot].includes(level)
    expect([level, right(judge(history, level, options)).verdict]).toEqual([level, isOut ? 'violation' : 'ok'])
  }
  for (const level of still) expect(right(judge(history, level, options)).verdict).toBe('ok')
}

const readSkew: ReadonlyArray<Level> = ['consistent-view', 'repeatable-read']

describe('[Adya99] and [Adya00]', () => {
  test.each<readonly [string, Example]>([
    [
      'H_serial: T1, T2, T3 in this order',
      {
        history: concurrent('az1 ax1 ay1', 'rx1 ay2', 'ax3 ry12 az3', 'rx13 ry12 rz13'),
        shows: [],
        not: [],
        still: ['strict-serializable']
      }
    ],
    [
      'H_wcycle: x1 << x2 and y2 << y1',
      { history: concurrent('ax1 ay1', 'ax2 ay2', 'rx12', 'ry21'), shows: ['G0'], not: ['read-uncommitted'] }
    ],
    [
      'H_write-order: the order of versions need not be the order of commits',
      {
        history: concurrent('ax1', 'ax2 ay2', 'rx21 ax3', { words: 'ay4', end: 'fail' }, 'rx213 ry2'),
        shows: [],
        not: []
      }
    ],
    [
      'H1: T2 sees what T1 wrote to x, and misses what it wrote to y',
      {
        history: concurrent('ax0 ay0', 'rx0 ax1 ry0 ay1', 'rx01 ry0'),
        shows: ['G-single'],
        not: readSkew,
        still: ['read-committed']
      }
    ],
    [
      'H2: T2 misses what T1 wrote to x, and sees what it wrote to y',
      { history: concurrent('ax0 ay0', 'rx0 ax1 ry0 ay1', 'rx0 ry01'), shows: ['G-single'], not: readSkew }
    ],
    [
      "H1': a read of uncommitted data that is serializable after all",
      { history: concurrent('ax0 ay0', 'rx0 ax1 ry0 ay1', 'rx01 ry01'), shows: [], not: [] }
    ],
    [
      "H2': an overwritten read that is serializable after all",
      { history: concurrent('ax0 ay0', 'rx0 ax1 ry0 ay1', 'rx0 ry0'), shows: [], not: [] }
    ],
    [
      'G1a: aborted read',
      {
        history: concurrent({ words: 'ax1', end: 'fail' }, 'rx1'),
        shows: ['G1a'],
        not: ['read-committed'],
        still: ['read-uncommitted']
      }
    ],
    [
      'G1b: intermediate read (which also misses what the writer did next)',
      { history: concurrent('ax1 ax2', 'rx1', 'rx12'), shows: ['G1b', 'G-single'], not: ['read-committed'] }
    ],
    [
      'G1c: circular information flow',
      {
        history: concurrent('ax1 ry1', 'ay1 rx1'),
        shows: ['G1c'],
        not: ['read-committed'],
        still: ['read-uncommitted']
      }
    ],
    [
      'H_lu: lost update, x0 << x2 << x1',
      { history: concurrent('ax0', 'rx0 ax1', 'rx0 ax2', 'rx021'), shows: ['lost-update', 'G-single'], not: readSkew }
    ],
    [
      'write skew: T1 and T2 read both x and y, and write one each',
      {
        history: concurrent('ax0 ay0', 'rx0 ry0 ax1', 'rx0 ry0 ay1'),
        shows: ['G2-item'],
        not: ['repeatable-read'],
        still: ['snapshot-isolation', 'strong-snapshot-isolation']
      }
    ]
  ])('%s', (_name, example) => check(example))
})

describe('[Berenson95], [Fekete04], [Sovran11]', () => {
  test.each<readonly [string, Example]>([
    [
      'P0, dirty write',
      { history: concurrent('ax1 ay1', 'ax2 ay2', 'rx12 ry21'), shows: ['G0'], not: ['read-uncommitted'] }
    ],
    [
      'H4, lost update: T2 writes x and commits between the read and the write of T1',
      { history: concurrent('ax0', 'rx0 ax1', 'rx0 ax2'), shows: ['lost-update', 'G2-item'], not: readSkew }
    ],
    [
      'A5A, read skew: T1 reads x before T2 writes x and y, and y after',
      { history: concurrent('ax0 ay0', 'rx0 ry02', 'ax2 ay2'), shows: ['G-single'], not: readSkew }
    ],
    [
      'H5, write skew',
      {
        history: concurrent('ax0 ay0', 'rx0 ry0 ay1', 'rx0 ry0 ax2'),
        shows: ['G2-item'],
        not: ['repeatable-read'],
        still: ['snapshot-isolation']
      }
    ],
    [
      'the read-only transaction anomaly: snapshot isolation, and T3 alone makes it not serializable',
      {
        history: concurrent('ax0 ay0', 'ry0 ay1', 'rx0 ry0 ax2', 'rx0 ry01', 'rx02 ry01'),
        shows: ['G2-item'],
        not: ['repeatable-read'],
        still: ['strong-snapshot-isolation']
      }
    ],
    [
      'the same without T3',
      {
        history: concurrent('ax0 ay0', 'ry0 ay1', 'rx0 ry0 ax2', 'rx02 ry01'),
        shows: [],
        not: [],
        still: ['serializable']
      }
    ],
    [
      'long fork: two readers see two writes in opposite orders',
      {
        history: concurrent('ax1', 'ay1', 'rx1 ry', 'rx ry1'),
        shows: ['G-nonadjacent'],
        not: ['repeatable-read', 'snapshot-isolation'],
        still: ['parallel-snapshot-isolation']
      }
    ]
  ])('%s', (_name, example) => check(example))
})

describe('[Elle], lists', () => {
  test.each<readonly [string, Example]>([
    ['the explained example', { history: elleExample(), shows: ['G-single'], not: readSkew }],
    [
      'TiDB: a transaction that was retried by itself appends on top of what it did not see',
      { history: concurrent('az2', 'az1', 'rz21 ay5 az4', 'az5', 'rz2154'), shows: ['G-single'], not: readSkew }
    ],
    [
      'YugaByte DB, in kind: only anti-dependencies close the cycle',
      { history: concurrent('rx ay1', 'ry az1', 'rz ax1', 'rx1 ry1 rz1'), shows: ['G2-item'], not: ['repeatable-read'] }
    ],
    [
      'FaunaDB: a transaction does not see its own append',
      { history: concurrent('ax6 rx'), shows: ['internal'], not: ['repeatable-read', 'parallel-snapshot-isolation'] }
    ],
    [
      'G1c of wr and ww',
      { history: concurrent('ax1 ry1', 'ax2 ay1', 'rx12 ry1'), shows: ['G1c'], not: ['read-committed'] }
    ],
    ['G-single of rw and ww', { history: concurrent('ax1 ay1', 'ax2 ry', 'rx12'), shows: ['G-single'], not: readSkew }],
    [
      'G-nonadjacent',
      {
        history: concurrent('ax1', 'rx1 ry', 'ay1', 'ry1 rx'),
        shows: ['G-nonadjacent'],
        not: ['repeatable-read', 'snapshot-isolation']
      }
    ],
    [
      'two adjacent rw among others keep snapshot isolation possible',
      {
        history: concurrent('rx5 ry', 'ay1 rz', 'az2 at3', 'rt3 ru', 'au4 ax5'),
        shows: ['G2-item'],
        not: ['repeatable-read'],
        still: ['snapshot-isolation']
      }
    ],
    [
      'several cycles, in each of which two rw are adjacent',
      {
        history: concurrent('az2', 'ay1 rz', 'rx ry az5', 'ax2 rz2'),
        shows: ['G2-item'],
        not: ['repeatable-read'],
        still: ['snapshot-isolation']
      }
    ],
    [
      'unread appends come after all that was read',
      {
        history: concurrent('ax1 ay1', 'ax2 ay2', 'ax3 ay3', 'rx12', 'ry2'),
        shows: ['G0', 'G-single'],
        not: ['read-uncommitted']
      }
    ],
    [
      'incompatible orders',
      {
        history: concurrent('ax1', 'ax2', 'ax3', 'rx13', 'rx123'),
        shows: ['incompatible-order'],
        not: ['read-committed']
      }
    ],
    [
      'duplicate elements',
      { history: concurrent('ax1', 'ax2', 'rx121'), shows: ['duplicate-elements'], not: ['read-uncommitted'] }
    ],
    [
      "what comes after an element that stands twice is anybody's guess",
      {
        history: concurrent('ax1', 'ax2', 'ax3 ry', 'rx121 ay1', 'rx1213 ry1'),
        shows: ['duplicate-elements'],
        not: ['read-uncommitted']
      }
    ],
    [
      'dirty update',
      {
        history: concurrent({ words: 'ax1', end: 'fail' }, 'ax2', 'rx12'),
        shows: ['G1a', 'dirty-update'],
        not: ['read-committed']
      }
    ],
    [
      'dirty update through one that may have happened',
      {
        history: concurrent({ words: 'ax1', end: 'fail' }, { words: 'ax2', end: 'info' }, 'ax3', 'rx123'),
        shows: ['G1a', 'dirty-update'],
        not: ['read-committed']
      }
    ],
    ['garbage read', { history: concurrent('ax1', 'rx12'), shows: ['garbage-read'], not: ['read-uncommitted'] }],
    ['future read', { history: concurrent('rx1 ax1'), shows: ['future-read'], not: ['read-committed'] }],
    [
      'appends of one transaction in reverse',
      { history: concurrent('ax1 ax2', 'rx21'), shows: ['incompatible-order', 'G1b'], not: ['read-committed'] }
    ],
    [
      'the second append of a transaction without the first',
      { history: concurrent('ax1 ax2', 'rx2'), shows: ['incompatible-order', 'G-single'], not: ['read-committed'] }
    ],
    [
      'one that may have happened: what was not read of it constrains nothing',
      { history: concurrent({ words: 'ax2 ry9', end: 'info' }, 'ax1 ay1', 'rx12 ry1'), shows: [], not: [] }
    ],
    [
      'process order and circular information flow',
      {
        history: sequential(
          { process: 1, words: 'rx1 ay1' },
          { process: 2, words: 'ry1' },
          { process: 2, words: 'ax1' }
        ),
        shows: ['G1c-process'],
        not: ['strong-session-read-committed']
      }
    ]
  ])('%s', (_name, example) => check(example))
})

describe('orders that are not in the data', () => {
  /** Two transactions in a row, by one process or by two, and others that run beside both. */
  const row = (
    first: string,
    second: string,
    isOneProcess: boolean,
    ...beside: ReadonlyArray<string>
  ): TransactionHistory => {
    const done = (words: string) => transaction(words, true)
    const open = (words: string) => asked(done(words))
    return historyOf(
      ...beside.map((words, at) => invoke(10 + at, open(words))),
      call(0, open(first), done(first)),
      call(isOneProcess ? 0 : 1, open(second), done(second)),
      ...beside.map((words, at) => ok(10 + at, done(words)))
    )
  }

  test.each<readonly [CycleKind, readonly [string, string, ...ReadonlyArray<string>], Level, Level]>([
    ['G0', ['ax1', 'ax2', 'rx21'], 'strong-session-read-uncommitted', 'strong-read-uncommitted'],
    ['G1c', ['rx1', 'ax1'], 'strong-session-read-committed', 'strong-read-committed'],
    ['G-single', ['ax1', 'rx', 'rx1'], 'strong-session-snapshot-isolation', 'strong-snapshot-isolation'],
    ['G-nonadjacent', ['ax1', 'rz', 'rx rz1', 'az1'], 'strong-session-snapshot-isolation', 'strong-snapshot-isolation'],
    ['G2-item', ['ax1', 'ry', 'rx ay1'], 'strong-session-serializable', 'strict-serializable']
  ])('%s', (kind, [first, second, ...beside], ofProcess, ofRealTime) => {
    check({
      history: row(first, second, true, ...beside),
      shows: [`${kind}-process`],
      not: [ofProcess],
      still: ['serializable']
    })
    check({
      history: row(first, second, false, ...beside),
      shows: [`${kind}-realtime`],
      not: [ofRealTime],
      still: ['strong-session-serializable']
    })
  })
})

describe('[Elle], registers', () => {
  test.each<readonly [string, Example]>([
    ['G1a', { history: concurrent({ words: 'wx1', end: 'fail' }, 'rx1'), shows: ['G1a'], not: ['read-committed'] }],
    ['G1b', { history: concurrent('wx1 wx2', 'rx1'), shows: ['G1b'], not: ['read-committed'] }],
    ['G1c', { history: concurrent('wx1 ry1', 'wy1 rx1'), shows: ['G1c'], not: ['read-committed'] }],
    [
      'internal',
      {
        history: concurrent('wx1', 'rx1 wx2 rx1'),
        shows: ['internal'],
        not: ['repeatable-read', 'parallel-snapshot-isolation']
      }
    ],
    ['garbage read', { history: concurrent('wx1', 'rx2'), shows: ['garbage-read'], not: ['read-uncommitted'] }],
    ['future read', { history: concurrent('rx1 wx1'), shows: ['future-read'], not: ['read-committed'] }],
    [
      'lost update',
      { history: concurrent('wx9', 'rx9 wx1', 'rx9 wx2'), shows: ['lost-update', 'G2-item'], not: readSkew }
    ],
    [
      'the initial state precedes every version (as in the reads of nil that were found in Dgraph)',
      { history: concurrent('rx_ ry1', 'wy1 wx2'), shows: ['G-single'], not: readSkew }
    ],
    [
      'writes follow reads',
      { history: concurrent('wy1', 'ry1 wx1 wy2', 'rx1 ry1'), shows: ['G-single'], not: readSkew }
    ],
    ['two blind writes: nothing can be said', { history: concurrent('wx1 wy2', 'wx2 wy1'), shows: [], not: [] }],
    [
      'sequential keys: a write cycle, seen by later reads of the same processes',
      {
        history: historyOf(
          invoke(0, transaction('wx1 wy2', false)),
          invoke(1, transaction('wx2 wy1', false)),
          ok(0, transaction('wx1 wy2', false)),
          ok(1, transaction('wx2 wy1', false)),
          call(0, transaction('rx2', false), transaction('rx2', false)),
          call(1, transaction('ry2', false), transaction('ry2', false))
        ),
        options: { sequentialKeys: true },
        shows: ['G0'],
        not: ['read-uncommitted']
      }
    ],
    [
      'sequential keys: a cyclic version order',
      {
        history: sequential({ words: 'wx1' }, { words: 'wx2' }, { words: 'rx1' }),
        options: { sequentialKeys: true },
        shows: ['cyclic-versions'],
        not: ['read-uncommitted']
      }
    ],
    [
      'linearizable keys: a cyclic version order, from a read of nil after a write',
      {
        history: sequential({ process: 0, words: 'wx1' }, { process: 1, words: 'rx_' }, { process: 2, words: 'rx1' }),
        options: { linearizableKeys: true },
        shows: ['cyclic-versions', 'G-single-realtime'],
        not: ['read-uncommitted']
      }
    ]
  ])('%s', (_name, example) => check(example))
})
