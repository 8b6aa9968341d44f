/** Reductions that take several passes over local tables, against the textbook checker, on random protocols. */
import { describe, expect, test } from '@jest/globals'
import { either } from 'fp-ts'
import fc from 'fast-check'
import { reachable, type NodeView, type Property } from '../spec/kernel/index.ts'
import { worldView } from '../src/model/world.ts'
import { checkNaively } from '../src/checker/naive.ts'
import { check, type Reduction } from '../src/checker/index.ts'
import { Limits } from '../src/checker/limits.ts'
import { explorePasses } from '../src/checker/passes.ts'
import type { Model } from '../src/model/index.ts'
import { judgedBy } from './support/judging.ts'
import { draw, randomModels, type Table } from './support/random-protocol.ts'
import { validated } from './support/runs.ts'
import { holdsFor, isFault, judgedAlone } from './support/twins.ts'

const runs = Number(process.env['TWIN_RUNS'] ?? 40)
const most = 200
const extent = { runs, most }

const reductions = [['silent-steps'], ['dead-messages', 'silent-steps']] as const

/** Where silent steps may be taken: nothing is lost or comes twice, no depth, no assumption about time. */
const settling = ({ timing: _timing, bounds, network, ...model }: Model<Table>): Model<Table> => ({
  ...model,
  bounds: bounds?.node === undefined ? {} : { node: bounds.node },
  network: network.kind === 'asynchronous' ? network : { ...network, lose: 0, duplicate: 0 }
})

const seenBy = (node: NodeView<Table> | undefined): number => (node === undefined ? -1 : node.up ? node.state.seen : 7)

/** Combinations of what one or two nodes have seen, to be reached or not, by seed. */
const goals = (seed: number): ReadonlyArray<Property<Table>> =>
  Array.from({ length: 10 }, (_, k) => {
    const pick = (what: string, below: number) => draw(seed, `${what} ${k}`, below)
    const one = pick('one', 3)
    const other = pick('other', 3)
    const [a, b] = [pick('a', 4), pick('b', 4)]
    return reachable<Table>(`goal-${k}`, ({ nodes }) =>
      [
        [nodes[one % nodes.length], a],
        [nodes[other % nodes.length], b]
      ].every(([node, value]) => seenBy(node as NodeView<Table>) === (value === 3 ? 7 : value))
    )
  })

describe.each(reductions)('the engine, with %s', (...reduce) => {
  test('finds whether there is a counterexample, and to what', () =>
    holdsFor(extent, randomModels(true).map(settling), async (model, naive) => {
      const checked = await check(model, { reduce })
      if (either.isLeft(checked)) throw new Error(JSON.stringify(checked.left))
      const report = checked.right
      expect(report.reductions).toEqual(reduce)
      expect(isFault(report.verdict)).toBe(isFault(naive.verdict))
      if (!isFault(naive.verdict))
        return expect([report.verdict, report.property]).toEqual([naive.verdict, naive.property])
      const alone = judgedAlone(model, report)
      const naiveAlone = checkNaively(validated(alone), 20 * most)
      fc.pre(naiveAlone !== null)
      expect([naiveAlone.verdict, naiveAlone.property]).toEqual([report.verdict, report.property])
      expect(report.trace?.steps.length).toBeGreaterThanOrEqual(naiveAlone.traceLength ?? Infinity)
    }))

  test('reaches what can be reached, and nothing else', () =>
    holdsFor(
      extent,
      fc
        .tuple(randomModels(false), fc.integer())
        .map(([model, seed]) => settling({ ...model, properties: goals(seed), mayStop: true })),
      async (model, naive) => {
        const valid = validated(model)
        const { last } = await explorePasses(valid, { reduce }, new Limits({}))
        const unseen = valid.model.properties.filter(
          (property) =>
            property.kind === 'reachable' && !naive.worlds.some((world) => property.holds(worldView(valid, world)))
        )
        expect([...last.judge.unseen].map(({ name }) => name)).toEqual(unseen.map(({ name }) => name))
        expect(last.search.states.size).toBeLessThanOrEqual(naive.states)
      }
    ))

  test('finds the end of every run that ends', () =>
    holdsFor(
      extent,
      randomModels(false)
        .map(({ mayStop: _mayStop, ...model }) => model as Model<Table>)
        .map(settling),
      async (model, naive) => {
        const { last } = await explorePasses(validated(model), { reduce }, new Limits({}))
        expect(last.verdict).toBe(naive.verdict)
      }
    ))
})

describe.each<{ what: string; reduce: ReadonlyArray<Reduction> }>([
  { what: 'exact', reduce: ['dead-messages'] },
  { what: 'exact', reduce: ['dead-messages', 'alike-messages'] },
  { what: 'idle', reduce: ['idle-partitions'] },
  { what: 'weak', reduce: ['silent-steps'] },
  { what: 'weak', reduce: ['dead-messages', 'silent-steps'] }
])('with $reduce, what it must keep is kept:', ({ what, reduce }) => {
  const { judgings } = judgedBy[what]!
  test.each(judgings)('of $on $keeps', ({ cases, judge, weight }) =>
    fc.assert(
      fc.asyncProperty(cases, async (of) => {
        fc.pre(of !== null)
        expect(await judge(of, reduce)).toBeNull()
      }),
      { numRuns: Math.ceil((weight * runs) / 4) }
    )
  )
})
