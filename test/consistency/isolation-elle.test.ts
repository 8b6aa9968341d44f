/**
 * The histories of [Elle]: of the paper, of the readme that its authors publish beside the checker (jepsen-io/elle), and
 * of the tests of what a single read shows (test/elle/list_append_test.clj), each with its anomaly and its levels.
 * Where our names or levels go further than theirs, README.md of the judge says why.
 */
import { describe, expect, test } from '@jest/globals'
import { historyOf, invoke, ok } from '../../src/consistency/builder.ts'
import { analyse, judge } from '../../src/consistency/isolation/index.ts'
import type { Operations, TransactionHistory } from '../../src/consistency/isolation/index.ts'
import { check, readSkew } from './isolation-check.ts'
import type { Example } from './isolation-check.ts'
import { right } from './isolation-definitions.ts'
import { asked, concurrent, elleExample } from './isolation-words.ts'

/** Transactions that overlap, with keys and values as they were recorded. */
const recorded = (...transactions: ReadonlyArray<Operations>): TransactionHistory =>
  historyOf(
    ...transactions.map((plan, process) => invoke(process, asked(plan))),
    ...transactions.map((plan, process) => ok(process, plan))
  )

describe('[Elle], the paper and the readme', () => {
  test.each<readonly [string, Example]>([
    [
      'the explained example: T1 < T2 < T3 < T1 (histories/paper-example.edn)',
      { history: elleExample(), shows: ['G-single'], not: readSkew }
    ],
    [
      'the demonstration of the readme: T2 overwrites x of T1, and T1 reads y of T2',
      { history: concurrent('ax1 ry1', 'ax2 ay1', 'rx12'), shows: ['G1c'], not: ['read-committed'] }
    ],
    [
      'TiDB: a transaction that was retried by itself appends on top of what it did not see',
      { history: concurrent('az2', 'az1', 'rz21 ay5 az4', 'az5', 'rz2154'), shows: ['G-single'], not: readSkew }
    ],
    [
      // The pair in the paper could not be had as text. This is the first one in the report of its authors to the makers.
      'YugaByte DB: a cycle with two anti-dependencies, after the masters were killed',
      {
        history: recorded(
          [
            ['append', 1122, 5],
            ['append', 1123, 1]
          ],
          [
            ['r', 1125, []],
            ['r', 1122, [5]],
            ['r', 1124, []],
            ['r', 1121, [31]]
          ],
          [
            ['r', 1123, [1]],
            ['r', 1121, []],
            ['r', 1119, []],
            ['append', 1122, 11],
            ['r', 1117, []]
          ],
          [
            ['append', 1121, 31],
            ['append', 1119, 32],
            ['r', 1123, [1]]
          ]
        ),
        shows: ['G2-item'],
        not: ['repeatable-read'],
        still: ['snapshot-isolation']
      }
    ],
    [
      'FaunaDB: a transaction does not see its own append',
      { history: concurrent('ax6 rx'), shows: ['internal'], not: ['repeatable-read', 'parallel-snapshot-isolation'] }
    ],
    [
      // In kind: its transactions in the paper could not be had as text.
      'Dgraph: a read of nil beside a read of what the same transaction wrote',
      { history: concurrent('rx_ ry1', 'wy1 wx2'), shows: ['G-single'], not: readSkew }
    ]
  ])('%s', (_name, example) => check(example))
})

describe('[Elle], list_append_test.clj', () => {
  test.each<readonly [string, Example]>([
    ['graph-test: one append, one read', { history: concurrent('ax1', 'rx1'), shows: [], not: [] }],
    ['graph-test: read empty, append, read', { history: concurrent('rx', 'ax1', 'rx1'), shows: [], not: [] }],
    ['graph-test: append, append, read', { history: concurrent('ax2', 'ax1', 'rx12'), shows: [], not: [] }],
    [
      'graph-test: a single append without reads comes after the empty list',
      { history: concurrent('rx', 'ax1'), shows: [], not: [] }
    ],
    [
      'g1a-cases-test: two reads of an aborted append, one before elements that others, or nobody, appended',
      {
        history: concurrent('rx1 ax2', 'rx12 ry3', { words: 'ax1', end: 'fail' }),
        shows: ['G1a', 'dirty-update', 'garbage-read'],
        not: ['read-uncommitted']
      }
    ],
    [
      'g1b-cases-test: only the list that ends in the intermediate append',
      {
        history: concurrent('rx1', 'rx12', 'ax1 ax2', 'rx123', 'ax3'),
        shows: ['G1b', 'G-single'],
        not: ['read-committed']
      }
    ],
    [
      'g1b-cases-test: a transaction may see its own intermediate append',
      { history: concurrent('ax1 rx1 ax2'), shows: [], not: [] }
    ],
    [
      'internal-cases-test, good',
      { history: concurrent('ax1 ax2 ay5 ay6', 'ry56 ax3 rx123 ax4 rx1234'), shows: [], not: [] }
    ],
    [
      'internal-cases-test, stale: rx12 ax3 rx12',
      {
        history: concurrent('ax1 ax2', 'rx12 ax3 rx12'),
        shows: ['internal'],
        not: ['repeatable-read', 'parallel-snapshot-isolation']
      }
    ],
    [
      // The longest read is taken for true, and 1, which is not in it, comes after it.
      'internal-cases-test, bad prefix: rx12 ax3 rx023',
      {
        history: concurrent('ax1 ax2', 'ax0', 'rx12 ax3 rx023'),
        shows: ['internal', 'incompatible-order', 'G0', 'G-single'],
        not: ['read-uncommitted']
      }
    ],
    [
      'internal-cases-test, extension: rx12 ax3 rx1234',
      { history: concurrent('ax1 ax2', 'ax4', 'rx12 ax3 rx1234'), shows: ['internal', 'G1c'], not: ['read-committed'] }
    ],
    [
      'internal-cases-test, short read: rx12 ax3 rx1',
      {
        history: concurrent('ax1 ax2', 'rx12 ax3 rx1'),
        shows: ['internal', 'G1b', 'G-single'],
        not: ['read-committed']
      }
    ],
    [
      'internal-cases-test: ax3 and then rx, where others had appended before and after',
      {
        history: concurrent('ax1 ax2', 'ax4', 'ax3 rx1234'),
        shows: ['internal', 'G1c'],
        not: ['read-committed']
      }
    ],
    [
      'internal-cases-test: future reads, of an append to come and between own appends',
      { history: concurrent('ax0', 'rx012 ax1', 'ax2'), shows: ['future-read', 'G1c'], not: ['read-committed'] }
    ]
  ])('%s', (_name, example) => check(example))
})

describe('[Elle], unfindable-g-single', () => {
  // A ring of appends that one anti-dependency closes, among thousands of cycles with more of them. There the search for
  // the one cycle times out, and only that there is one in the component is known.
  const length = 1000
  const noiseLength = 10

  const ring = Array.from({ length }, (_, at): Operations => [
    ['append', 'ring', at],
    at === 0 ? ['append', 'anti', 'first'] : at === length - 1 ? ['r', 'anti', []] : ['append', `${at}`, 0]
  ])
  const noise = Array.from({ length: length - 2 }, (_, place) => `${place + 1}`).flatMap((key) =>
    Array.from({ length: noiseLength - 1 }, (_, place): Operations => {
      const step = place + 1
      if (step === noiseLength - 1)
        return [
          ['append', `anti ${key}`, 0],
          ['r', 'ring', []]
        ]
      if (step === noiseLength - 2)
        return [
          ['r', key, [...Array(noiseLength - 2).keys()]],
          ['r', `anti ${key}`, []]
        ]
      return [['append', key, step]]
    })
  )

  test('the cycle is found and told', () => {
    const history = recorded(...ring, [['r', 'ring', [...Array(length).keys()]]], ...noise)
    const analysis = right(analyse(history, 'data'))
    expect(analysis.undecided).toEqual([])
    expect(analysis.anomalies.map(({ name, transactions }) => [name, transactions.length])).toContainEqual([
      'G-single',
      length
    ])
    expect(right(judge(history, 'snapshot-isolation')).verdict).toBe('violation')
    expect(right(judge(history, 'read-committed')).verdict).toBe('ok')
  })
})
