/**
 * The histories of Adya's thesis ([Adya99]) and of the paper made from it ([Adya00]), and of those who came before and
 * after them, each with the anomaly and the levels that it is known for.
 *
 * Versions become lists: where a paper writes x1 << x2, the elements 1 and 2 stand in this order in x, and a transaction
 * that is not in the paper may read them so. T0 writes what a paper has before its history.
 */
import { describe, expect, test } from '@jest/globals'
import { judge } from '../../src/consistency/isolation/index.ts'
import { right } from './isolation-definitions.ts'
import { check, readSkew } from './isolation-check.ts'
import type { Example } from './isolation-check.ts'
import { concurrent, sequential } from './isolation-words.ts'

const serializable: Pick<Example, 'shows' | 'not' | 'still'> = { shows: [], not: [], still: ['strict-serializable'] }

describe('[Adya00] §3: what a preventative definition forbids, and what it forbids needlessly', () => {
  test.each<readonly [string, Example]>([
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
      { history: concurrent('ax0 ay0', 'rx0 ax1 ry0 ay1', 'rx01 ry01'), ...serializable }
    ],
    [
      "H2': an overwritten read that is serializable after all",
      { history: concurrent('ax0 ay0', 'rx0 ax1 ry0 ay1', 'rx0 ry0'), ...serializable }
    ]
  ])('%s', (_name, example) => check(example))
})

describe('[Adya00] §4 and §5, [Adya99] chapter 3: histories, serialization graphs, PL-1 to PL-3', () => {
  test.each<readonly [string, Example]>([
    [
      'H_write-order in the thesis: x2 << x1 though x1 was written and committed first',
      { history: concurrent('ax1', 'ax2', 'rx21'), ...serializable }
    ],
    [
      'H_write-order in the paper: the same, and T4, which wrote y, aborts',
      {
        history: concurrent('ax1', 'ax2 ay2', 'rx21 ax3', { words: 'ay4', end: 'fail' }, 'rx213 ry2'),
        ...serializable
      }
    ],
    [
      'H_serial (Figure 3): T1, T2, T3 in this order',
      { history: concurrent('az1 ax1 ay1', 'rx1 ay2', 'ax3 ry12 az3', 'rx13 ry12 rz13'), ...serializable }
    ],
    [
      'H_wcycle, G0: x1 << x2 and y2 << y1',
      { history: concurrent('ax1 ay1', 'ax2 ay2', 'rx12', 'ry21'), shows: ['G0'], not: ['read-uncommitted'] }
    ],
    [
      'H_recovery: writes of two transactions interleave, and both abort',
      {
        history: concurrent('ax0', { words: 'ax1', end: 'fail' }, { words: 'ax2', end: 'fail' }, 'rx0'),
        ...serializable
      }
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
      // The paper's T1 reads by a predicate, so PL-2.99 allows it. The judge knows items only: here the department is one.
      'H_phantom, its predicate told as the list d of a department: T1 misses the new element and sees the new sum',
      {
        history: concurrent('ad0 ad1 as0', 'rd01 rs02', 'rs0 ad2 as2'),
        shows: ['G-single'],
        not: readSkew,
        still: ['read-committed']
      }
    ]
  ])('%s', (_name, example) => check(example))
})

describe('[Adya99] chapter 3, executing transactions: what is not committed constrains only itself', () => {
  test.each<readonly [string, Example, Example]>([
    [
      'H_incons-view: T2 sees what T1 wrote to y, and misses what it wrote to x',
      { history: concurrent('ax0 ay0', 'ax1 ay1', { words: 'rx0 ry01', end: 'info' }), ...serializable },
      { history: concurrent('ax0 ay0', 'ax1 ay1', 'rx0 ry01'), shows: ['G-single'], not: readSkew }
    ],
    [
      'H_antidep-cycle: T1 and T2 overwrite what the other has read',
      { history: concurrent('ax0 ay0', { words: 'rx0 ay1', end: 'info' }, 'ax2 ry0'), ...serializable },
      {
        history: concurrent('ax0 ay0', 'rx0 ay1', 'ax2 ry0'),
        shows: ['G2-item'],
        not: ['repeatable-read'],
        still: ['snapshot-isolation']
      }
    ]
  ])('%s', (_name, executing, committed) => {
    check(executing)
    check(committed)
  })
})

describe('[Adya99] chapter 4: intermediate levels', () => {
  test.each<readonly [string, Example]>([
    [
      'H_broken: allowed at PL-2, not at PL-2+',
      {
        history: concurrent('ax0 ay0', 'rx0 ry02', 'rx0 ry0 ax2 ay2'),
        shows: ['G-single'],
        not: readSkew,
        still: ['read-committed']
      }
    ],
    [
      'H_n-cycle, n = 5: Q sees what the last transaction wrote to x and nothing that any wrote to y',
      {
        history: concurrent(
          'ax0 ay0',
          ...['0', '01', '012', '0123', '01234'].map((seen, at) => `rx${seen} ry${seen} ax${at + 1} ay${at + 1}`),
          'ry0 rx012345'
        ),
        shows: ['G-single'],
        not: readSkew,
        still: ['read-committed']
      }
    ],
    [
      'H_wskew: allowed at PL-2+ and under snapshot isolation',
      {
        history: concurrent('ax0 ay0', 'rx0 ry0 ax1', 'rx0 ry0 ay2'),
        shows: ['G2-item'],
        not: ['repeatable-read'],
        still: ['consistent-view', 'snapshot-isolation', 'strong-snapshot-isolation']
      }
    ],
    [
      'H_lost-update: x0 << x2 << x1, not allowed at PL-2+',
      {
        history: concurrent('ax0', 'rx0 ax1', 'rx0 ax2', 'rx021'),
        shows: ['lost-update', 'G-single'],
        not: readSkew,
        still: ['read-committed']
      }
    ],
    [
      // G-monotonic, which PL-2L forbids, depends on the order of the reads of T3. What is said here is its cycle.
      'H_non-2L: T3 reads x of T2 and then y of T1, which T2 overwrote',
      {
        history: concurrent('ax1 ay1', 'ay2 ax2 az2', 'rx12 az3 ry1', 'ry12 rz23'),
        shows: ['G-single'],
        not: readSkew,
        still: ['read-committed']
      }
    ],
    [
      // Not under snapshot isolation if both start before either commits. A history of clients does not say that they did.
      'H_blind-nonSI: T1 and T2 write z without having read it',
      { history: concurrent('ax0', 'rx0 az1', 'rx0 az2', 'rz12'), ...serializable }
    ],
    [
      'H_serial-nonSI: serial in the order T0, T2, T1, while T1 committed before T2 started',
      {
        history: sequential({ process: 0, words: 'ax0' }, { process: 1, words: 'ax1' }, { process: 2, words: 'rx0' }),
        shows: ['G-single-realtime'],
        not: ['strong-snapshot-isolation'],
        still: ['serializable', 'strong-session-serializable']
      }
    ],
    [
      'H_non-3U: Q sees the market closed and old prices, allowed at PL-2+',
      {
        history: concurrent('am0', 'rm0 ax1 ay1', 'rm0 ax2 ay2', 'am3', 'rm03 rx1 ry1', 'rx12 ry12'),
        shows: ['G2-item'],
        not: ['repeatable-read'],
        still: ['consistent-view', 'snapshot-isolation']
      }
    ],
    [
      'H_3U: Ta and Tb see the updates of T4 and T5 in opposite orders, allowed at PL-2+',
      {
        history: concurrent('am0', 'rm0 ax1 ay1', 'rm0 ax4', 'rm0 ay5', 'rx14 ry1', 'rx1 ry15'),
        shows: ['G-nonadjacent'],
        not: ['repeatable-read', 'snapshot-isolation'],
        still: ['consistent-view', 'parallel-snapshot-isolation']
      }
    ]
  ])('%s', (_name, example) => check(example))
})

describe('[Berenson95], its phenomena as lists and its histories as registers', () => {
  test.each<readonly [string, Example]>([
    [
      'P0, dirty write',
      { history: concurrent('ax1 ay1', 'ax2 ay2', 'rx12 ry21'), shows: ['G0'], not: ['read-uncommitted'] }
    ],
    [
      'A1, dirty read: T1 aborts',
      { history: concurrent({ words: 'wx1', end: 'fail' }, 'rx1'), shows: ['G1a'], not: ['read-committed'] }
    ],
    [
      'A2, fuzzy read: T1 reads x twice, and T2 writes it between',
      {
        history: concurrent('wx0', 'rx0 rx1', 'rx0 wx1'),
        shows: ['internal', 'G-single'],
        not: readSkew,
        still: ['read-committed']
      }
    ],
    [
      'A3, phantom, its predicate told as a list: T1 reads p twice, and T2 adds to it between',
      {
        history: concurrent('ap0', 'rp0 rp02', 'ap2'),
        shows: ['internal', 'G-single'],
        not: readSkew,
        still: ['read-committed']
      }
    ],
    [
      'H1: no dirty read in the narrow sense, and the analysis is inconsistent',
      { history: concurrent('wx5 wy5', 'rx5 wx1 ry5 wy9', 'rx1 ry5'), shows: ['G-single'], not: readSkew }
    ],
    [
      'H2: no fuzzy read in the narrow sense, and the analysis is inconsistent',
      { history: concurrent('wx5 wy5', 'rx5 ry9', 'rx5 wx1 ry5 wy9'), shows: ['G-single'], not: readSkew }
    ],
    [
      'H3, its predicate told as a list: no phantom in the narrow sense, and the count is wrong',
      { history: concurrent('ap0 az0', 'rp0 rz02', 'ap2 rz0 az2'), shows: ['G-single'], not: readSkew }
    ],
    [
      'H4, P4, lost update: T2 writes x and commits between the read and the write of T1',
      { history: concurrent('wx0', 'rx0 wx3', 'rx0 wx2'), shows: ['lost-update', 'G2-item'], not: readSkew }
    ],
    [
      'H5, A5B, write skew',
      {
        history: concurrent('wx5 wy5', 'rx5 ry5 wy4', 'rx5 ry5 wx4'),
        shows: ['G2-item'],
        not: ['repeatable-read'],
        still: ['snapshot-isolation']
      }
    ],
    [
      'H1.SI: H1 under snapshot isolation',
      { history: concurrent('wx5 wy5', 'rx5 wx1 ry5 wy9', 'rx5 ry5'), ...serializable }
    ],
    [
      'A5A, read skew: T1 reads x before T2 writes x and y, and y after',
      { history: concurrent('ax0 ay0', 'rx0 ry02', 'ax2 ay2'), shows: ['G-single'], not: readSkew }
    ]
  ])('%s', (_name, example) => check(example))

  test('a phenomenon is not an anomaly: P1, P2 and P3 happen in histories that are serializable', () => {
    const serial = (...lines: ReadonlyArray<string>): string =>
      right(judge(concurrent(...lines), 'strict-serializable')).verdict
    expect(serial('wx1', 'rx1')).toBe('ok')
    expect(serial('wx0', 'rx0', 'rx0 wx1')).toBe('ok')
    expect(serial('ap0', 'rp0', 'ap1')).toBe('ok')
  })
})

describe('[Fekete04], [Sovran11]', () => {
  test.each<readonly [string, Example]>([
    [
      'the read-only transaction anomaly: snapshot isolation, and T3 alone makes it not serializable',
      {
        history: concurrent('ax0 ay0', 'ry0 ay1', 'rx0 ry0 ax2', 'rx0 ry01', 'rx02 ry01'),
        shows: ['G2-item'],
        not: ['repeatable-read'],
        still: ['strong-snapshot-isolation']
      }
    ],
    ['the same without T3', { history: concurrent('ax0 ay0', 'ry0 ay1', 'rx0 ry0 ax2', 'rx02 ry01'), ...serializable }],
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
