/** The search for cycles against all simple cycles of random small graphs, and its verdicts on long cycles. */
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { analyse, impossible, judge } from '../../src/consistency/isolation/index.ts'
import type {
  Analysis,
  CycleAnomaly,
  IsolationOptions,
  IsolationVerdict,
  Level,
  MicroOperation,
  Operations,
  TransactionHistory
} from '../../src/consistency/isolation/index.ts'
import { classify, findCycles, suffixesFor } from '../../src/consistency/isolation/cycles.ts'
import { components } from '../../src/consistency/isolation/graph/components.ts'
import {
  connect,
  connectAll,
  edges,
  graphOf,
  PROCESS,
  REALTIME,
  RELAY,
  RW,
  WR,
  WW
} from '../../src/consistency/isolation/graph/edges.ts'
import { firstReachable, shortestPath } from '../../src/consistency/isolation/graph/paths.ts'
import { right } from './isolation-definitions.ts'

const holds = (
  history: TransactionHistory,
  level: Level,
  options: IsolationOptions = {}
): IsolationVerdict['verdict'] => right(judge(history, level, options)).verdict

interface Arc {
  readonly from: number
  readonly to: number
  readonly type: number
}

const kindOf: Readonly<Record<number, 'ww' | 'wr' | 'rw' | 'process' | 'realtime'>> = {
  [WW]: 'ww',
  [WR]: 'wr',
  [RW]: 'rw',
  [PROCESS]: 'process',
  [REALTIME]: 'realtime'
}

/** The names of all simple cycles, by walking every one of them. */
const cycleNames = (arcs: ReadonlyArray<Arc>): ReadonlySet<CycleAnomaly> => {
  const names = new Set<CycleAnomaly>()
  const walk = (path: ReadonlyArray<Arc>, start: number): void => {
    const end = path.at(-1)?.to ?? start
    if (path.length > 0 && end === start) {
      const name = classify(path.map(({ type }) => ({ kind: kindOf[type] as 'ww' })))
      if (name !== null) names.add(name)
      return
    }
    // Each cycle is walked once for each assignment of types, from its least node.
    for (const arc of arcs)
      if (arc.from === end && arc.to >= start && !path.some(({ from }) => from === arc.to && arc.to !== start))
        walk([...path, arc], start)
  }
  for (let start = 0; start < 6; start += 1) walk([], start)
  return names
}

const arcs = fc.array(
  fc.record({
    from: fc.nat(5),
    to: fc.nat(5),
    type: fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom(WW, WR, RW) },
      { weight: 1, arbitrary: fc.constantFrom(PROCESS, REALTIME) }
    )
  }),
  { maxLength: 11 }
)

/** Orders are acyclic: theirs lead upwards. */
const sane = (all: ReadonlyArray<Arc>): ReadonlyArray<Arc> =>
  all.filter(({ from, to, type }) => from !== to && ((type !== PROCESS && type !== REALTIME) || from < to))

const budget = 1_000_000

describe('cycles', () => {
  test('the names that are found rule out the same levels as all simple cycles do', () => {
    const seen = new Set<string>()
    fc.assert(
      fc.property(arcs, (drawn) => {
        const all = sane(drawn)
        const list = edges(6)
        for (const { from, to, type } of all) connect(list, type, from, to)
        const { cycles, undecided } = findCycles(list, suffixesFor('realtime'), 8, budget)
        const expected = impossible(cycleNames(all))
        for (const { name, cycle } of cycles) {
          seen.add(name)
          expect(classify(cycle)).toBe(name)
          expect(new Set(cycle.map(({ from }) => from)).size).toBe(cycle.length)
          cycle.forEach(({ from, to, kind }, at) => {
            expect(all.some((arc) => arc.from === from && arc.to === to && kindOf[arc.type] === kind)).toBe(true)
            expect(cycle[(at + 1) % cycle.length]?.from).toBe(to)
          })
        }
        expect(impossible(cycles.map(({ name }) => name))).toEqual(expected)
        expect(undecided).toEqual([])
      }),
      { numRuns: 2000 }
    )
    expect(seen.size).toBeGreaterThan(9)
  })

  test('a shorter cycle with adjacent rw does not hide one without, not even behind a relay', () => {
    const list = edges(9)
    const relay = 8
    for (const [type, from, to] of [
      [RW, 0, relay],
      [RELAY, relay, 1],
      [WR, 1, 6],
      [WR, 6, 7],
      [WR, 7, 2],
      [RW, 2, 3],
      [WR, 3, 0],
      [RW, 1, 5],
      [WR, 5, 2]
    ] as const)
      connect(list, type, from, to)
    const { cycles } = findCycles(list, suffixesFor('data'), 8, budget)
    expect(cycles.map(({ name, cycle }) => [name, cycle.map(({ from }) => from)])).toEqual([
      ['G-nonadjacent', [0, 1, 6, 7, 2, 3]]
    ])
  })

  test('many times many rw edges over relays mean the same as one by one', () => {
    const owners = fc.uniqueArray(fc.nat(29), { minLength: 10, maxLength: 30 })
    fc.assert(
      fc.property(owners, owners, arcs, (readers, writers, drawn) => {
        const owner = Int32Array.from({ length: 30 }, (_, at) => at)
        const relayed = edges(30)
        const plain = edges(30)
        connectAll(relayed, readers, writers, owner)
        for (const reader of readers) for (const writer of writers) connect(plain, RW, reader, writer)
        expect(relayed.count).toBeLessThan(plain.count)
        const reached = (list: typeof plain): ReadonlyArray<string> => {
          const graph = graphOf(list)
          return Array.from({ length: 30 }, (_, from) =>
            Array.from({ length: 30 }, (_unused, to) =>
              from === to ? '-' : shortestPath(graph, RW | RELAY, from, to) === null ? '0' : '1'
            ).join('')
          )
        }
        expect(reached(relayed)).toEqual(reached(plain))
        for (const { from, to, type } of sane(drawn)) {
          connect(relayed, type, from, to)
          connect(plain, type, from, to)
        }
        const names = (list: typeof plain): ReadonlyArray<Level> =>
          impossible(findCycles(list, suffixesFor('realtime'), 8, budget).cycles.map(({ name }) => name))
        expect(names(relayed)).toEqual(names(plain))
      }),
      { numRuns: 60 }
    )
  })

  test('components and reachability agree with paths', () => {
    const wide = fc.array(fc.record({ from: fc.nat(19), to: fc.nat(19), type: fc.constantFrom(WW, WR) }), {
      maxLength: 45
    })
    fc.assert(
      fc.property(wide, fc.array(fc.record({ from: fc.nat(19), to: fc.nat(19) }), { maxLength: 80 }), (all, pairs) => {
        const list = edges(20)
        for (const { from, to, type } of all) connect(list, type, from, to)
        const graph = graphOf(list)
        const nodes = Array.from({ length: 20 }, (_, node) => node)
        const reached = nodes.map((from) =>
          nodes.map((to) => from === to || shortestPath(graph, WW, from, to) !== null)
        )
        const reaches = (from: number, to: number): boolean => reached[from]?.[to] === true
        const parts = components(graph, WW)
        const part = (node: number): number => parts.of[node]!
        const ordered = nodes.every((a) =>
          nodes.every(
            (b) => (part(a) === part(b)) === (reaches(a, b) && reaches(b, a)) && (!reaches(a, b) || part(a) >= part(b))
          )
        )
        expect(ordered).toBe(true)
        expect(firstReachable(graph, WW, parts, pairs, budget)).toBe(
          pairs.findIndex(({ from, to }) => reaches(from, to))
        )
      }),
      { numRuns: 100 }
    )
  })

  const concurrent = (plans: ReadonlyArray<Operations>): TransactionHistory => [
    ...plans.map((plan, process) => ({
      index: process,
      time: null,
      process,
      type: 'invoke' as const,
      operation: plan.map(
        ([name, key, value]) => (name === 'r' ? [name, key, null] : [name, key, value]) as MicroOperation
      )
    })),
    ...plans.map((plan, process) => ({
      index: plans.length + process,
      time: null,
      process,
      type: 'ok' as const,
      response: plan
    }))
  ]

  const namesIn = (analysis: Analysis): ReadonlyArray<string> => analysis.anomalies.map(({ name }) => name)

  test('one long cycle of rw edges is write skew among all of its transactions', () => {
    // Transaction i reads key i before transaction i + 1 appends to it, around a circle.
    const history = concurrent(
      Array.from({ length: 40 }, (_, at): Operations => [
        ['r', at, []],
        ['append', (at + 39) % 40, 1]
      ])
    )
    expect(holds(history, 'serializable')).toBe('violation')
    expect(holds(history, 'snapshot-isolation')).toBe('ok')
    const analysis = right(analyse(history, 'data'))
    expect(namesIn(analysis)).toEqual(['G2-item'])
    expect(analysis.anomalies[0]?.transactions).toHaveLength(40)
  })

  test('a spent budget is an unknown verdict, not an ok', () => {
    // Around a circle, wr and rw in turn: that no cycle has exactly one rw takes a look at the reach of every rw edge.
    const count = 200
    const history = concurrent(
      Array.from({ length: count }, (_, at): ReadonlyArray<Operations> => [
        [
          ['append', `unread ${(at + count - 1) % count}`, 1],
          ['append', `read ${at}`, 1]
        ],
        [
          ['r', `read ${at}`, [1]],
          ['r', `unread ${at}`, []]
        ]
      ]).flat()
    )
    expect(holds(history, 'consistent-view')).toBe('ok')
    expect(right(judge(history, 'consistent-view', { budget: 1 }))).toMatchObject({
      verdict: 'unknown',
      why: expect.stringContaining('G-single')
    })
    expect(holds(history, 'snapshot-isolation', { budget: 1 })).toBe('violation')
    expect(namesIn(right(analyse(history)))).toEqual(['G-nonadjacent'])
  })
})
