/**
 * The orders of versions that are inferred for registers leave nothing out: what each assumption says of two transactions,
 * taken pair by pair, is a path in the graph of versions, and what the versions say is a path among transactions.
 */
import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { findings } from '../../src/consistency/isolation/anomalies.ts'
import { edges, graphOf, PROCESS, REALTIME, RELAY, RW, WR, WW } from '../../src/consistency/isolation/graph/edges.ts'
import type { Graph } from '../../src/consistency/isolation/graph/edges.ts'
import { shortestPath } from '../../src/consistency/isolation/graph/paths.ts'
import { registerDependencies } from '../../src/consistency/isolation/register-dependencies.ts'
import { registerVersions, versionRead } from '../../src/consistency/isolation/register-versions.ts'
import { transactions } from '../../src/consistency/isolation/transactions.ts'
import type { Transaction } from '../../src/consistency/isolation/transactions.ts'
import { externals, workload } from '../../src/consistency/isolation/workload.ts'
import type { Externals, Workload } from '../../src/consistency/isolation/workload.ts'
import { draws, registerHistory, right } from './isolation-definitions.ts'

const reaches = (graph: Graph, mask: number, from: number, to: number): boolean =>
  from === to || shortestPath(graph, mask, from, to) !== null

/** The versions of a key that a transaction is known to have read from outside or written for good, in its own order. */
const touched = (load: Workload, external: Externals, number: number, key: number): ReadonlyArray<number> => {
  const { status } = load.transactions[number]!
  const own = load.operations.map((_, at) => at).filter((at) => load.owner[at] === number && load.key[at] === key)
  return own.flatMap((at) => {
    if (external.final[at] === 1) return status === 'fail' ? [] : [at]
    if (external.outside[at] === 0 || status !== 'ok') return []
    const version = versionRead(load, external, at)
    return version < 0 ? [] : [version]
  })
}

test.each<readonly [string, 'sequentialKeys' | 'linearizableKeys', (a: Transaction, b: Transaction) => boolean]>([
  ['sequential keys', 'sequentialKeys', (a, b) => a.process === b.process && a.invoked < b.invoked],
  ['linearizable keys', 'linearizableKeys', (a, b) => a.status === 'ok' && a.completed < b.invoked]
])('%s: what is touched later is the same version or a later one', (_name, assumption, precedes) => {
  let orders = 0
  let overwrites = 0
  fc.assert(
    fc.property(draws, fc.integer({ min: 2, max: 7 }), fc.integer({ min: 0, max: 8 }), (numbers, count, blind) => {
      const load = right(workload(right(transactions(registerHistory(numbers, count, blind)))))
      if (load.kind !== 'rw-register') return
      const external = externals(load)
      const found = findings(8)
      const options = { sequentialKeys: false, linearizableKeys: false, [assumption]: true }
      const versions = registerVersions(load, external, options, found)
      // A key whose orders contradict each other is reported, and its assumed order is not used.
      if (found.counts.size > 0) return
      const numbered = load.transactions.map((transaction, number) => [transaction, number] as const)
      for (const key of load.keys.keys())
        for (const [a, first] of numbered)
          for (const [b, second] of numbered) {
            if (a.status === 'fail' || !precedes(a, b)) continue
            const [before, after] = [touched(load, external, first, key), touched(load, external, second, key)]
            if (before.length === 0 || after.length === 0) continue
            orders += 1
            expect(reaches(versions, WW | WR | PROCESS | REALTIME, before.at(-1)!, after[0]!)).toBe(true)
          }

      const list = edges(load.transactions.length)
      registerDependencies(load, external, versions, list)
      const dependencies = graphOf(list)
      const finals = load.operations.map((_, at) => at).filter((at) => external.final[at] === 1)
      load.operations.forEach(([name], read) => {
        const reader = load.owner[read]!
        if (name !== 'r' || external.outside[read] === 0 || load.transactions[reader]!.status !== 'ok') return
        const version = versionRead(load, external, read)
        for (const later of finals) {
          const writer = load.owner[later]!
          if (version < 0 || later === version || writer === reader || load.key[later] !== load.key[read]) continue
          if (!reaches(versions, WW | WR | PROCESS | REALTIME, version, later)) continue
          overwrites += 1
          expect(reaches(dependencies, WW | WR | RW | RELAY, reader, writer)).toBe(true)
        }
      })
    }),
    { numRuns: 300 }
  )
  expect(orders).toBeGreaterThan(100)
  expect(overwrites).toBeGreaterThan(100)
})
