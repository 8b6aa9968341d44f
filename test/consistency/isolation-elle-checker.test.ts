/**
 * The histories of [Elle]'s tests of its whole checker for lists (jepsen-io/elle, test/elle/list_append_test.clj from
 * checker-test on), each with its anomaly and its levels.
 * Where our names or levels go further than theirs, README.md of the judge says why.
 */
import { describe, test } from '@jest/globals'
import { call, historyOf, invoke, ok } from '../../src/consistency/builder.ts'
import type { CycleKind, Level, TransactionHistory } from '../../src/consistency/isolation/index.ts'
import { check, readSkew } from './isolation-check.ts'
import type { Example } from './isolation-check.ts'
import { asked, concurrent, sequential, transaction } from './isolation-words.ts'

describe('[Elle], list_append_test.clj, checker-test and below', () => {
  test.each<readonly [string, Example]>([
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
      'intermediate-sequential-extension-test: several cycles, in each of which two rw are adjacent (si-without-g-single.edn)',
      {
        history: concurrent('az2', 'ay1 rz', 'rx ry az5', 'ax2 rz2'),
        shows: ['G2-item'],
        not: ['repeatable-read'],
        still: ['snapshot-isolation']
      }
    ],
    [
      'unobserved-write-test: unread appends come after all that was read',
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
      'graph-test, info reads: what was not read of a transaction that may have happened constrains nothing',
      { history: concurrent({ words: 'ax2 ry9', end: 'info' }, 'ax1 ay1', 'rx12 ry1'), shows: [], not: [] }
    ],
    [
      'G2: an anti-dependency cycle of two, with and without a read of what both appended',
      { history: concurrent('ax1 ry', 'ay1 rx'), shows: ['G2-item'], not: ['repeatable-read'] }
    ],
    [
      'repeatable-read-test',
      {
        history: concurrent('rx ay1', 'ry ax1', 'rx1 ry1'),
        shows: ['G2-item'],
        not: ['repeatable-read'],
        still: ['read-committed', 'snapshot-isolation']
      }
    ],
    [
      'contradictory read orders, and circular information flow',
      {
        history: concurrent('ax1 ry1', 'ax2', 'ax3 ay1', 'rx13', 'rx123'),
        shows: ['G1c', 'incompatible-order'],
        not: ['read-committed']
      }
    ],
    [
      'dirty update, none: an aborted append that nobody read',
      { history: concurrent({ words: 'ax1', end: 'fail' }), shows: [], not: [] }
    ],
    [
      'duplicated elements, and circular information flow',
      {
        history: concurrent('ax1 ry1', 'ax2 ay1', 'rx121'),
        shows: ['G1c', 'duplicate-elements'],
        not: ['read-uncommitted']
      }
    ],
    [
      'internal consistency violation, and a write cycle',
      { history: concurrent('ax1 ax2 ax4', 'ax3 rx1234'), shows: ['internal', 'G0'], not: ['read-uncommitted'] }
    ],
    [
      'lost-update-test: one transaction that writes twice over one read',
      { history: concurrent('rx ax1 ax2', 'rx12'), shows: [], not: [] }
    ],
    [
      'lost-update-test',
      { history: concurrent('ax0', 'rx0 ax1', 'rx0 ax2'), shows: ['lost-update', 'G2-item'], not: readSkew }
    ],
    ['rr-g-single-item-test', { history: concurrent('ax1 ay1', 'rx1 ry'), shows: ['G-single'], not: readSkew }],
    [
      'rr-g-nonadjacent-item-test',
      {
        history: concurrent('ax1 at1', 'rx1 ry', 'ay1 az2', 'rz2 rt'),
        shows: ['G-nonadjacent'],
        not: ['repeatable-read', 'snapshot-isolation']
      }
    ],
    [
      'strong SI violation',
      {
        history: sequential(
          { process: 0, words: 'ax1' },
          { process: 1, words: 'ax2' },
          { process: 2, words: 'rx1' },
          { process: 3, words: 'rx12' }
        ),
        shows: ['G-single-realtime'],
        not: ['strong-snapshot-isolation'],
        still: ['serializable', 'strong-session-serializable']
      }
    ],
    [
      'strong session SI violation',
      {
        history: sequential(
          { process: 0, words: 'ax1' },
          { process: 1, words: 'ax2' },
          { process: 1, words: 'rx1' },
          { process: 2, words: 'rx12' }
        ),
        shows: ['G-single-process'],
        not: ['strong-session-snapshot-isolation'],
        still: ['serializable']
      }
    ],
    [
      // In real time the first transaction also sees an append that was asked for after it was answered.
      'G-nonadjacent-process',
      {
        history: sequential(
          { process: 0, words: 'rx rz1' },
          { process: 1, words: 'ax1' },
          { process: 1, words: 'rz' },
          { process: 2, words: 'az1' }
        ),
        shows: ['G-nonadjacent-process', 'G1c-realtime', 'G-single-realtime'],
        not: ['strong-session-snapshot-isolation', 'strong-read-committed'],
        still: ['serializable']
      }
    ],
    [
      'wr-process-test: process order and circular information flow',
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
