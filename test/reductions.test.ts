/** Reductions that take several passes over local tables, against the textbook checker, on random protocols. */
import { describe, expect, test } from '@jest/globals'
import { either } from 'fp-ts'
import fc from 'fast-check'
import { reachable, type NodeView, type Property } from '../spec/kernel/index.ts'
import { worldView } from '../src/model/world.ts'
import { checkNaively, type NaiveReport } from '../src/checker/naive.ts'
import { check, type Reduction, type Report } from '../src/checker/index.ts'
import { Limits } from '../src/checker/limits.ts'
import { explorePasses } from '../src/checker/passes.ts'
import { validate, type Model, type ValidModel } from '../src/model/index.ts'
import { judgedBy } from './support/judging.ts'
import { draw, randomModels, type Table } from './support/random-protocol.ts'
import { rightOf } from './support/runs.ts'

const runs = Number(process.env['TWIN_RUNS'] ?? 40)

/** Larger spaces are left out: there are enough small ones, and the textbook checker is slow. */
const most = 200

const reductions = [['silent-steps'], ['dead-messages', 'silent-steps']] as const

const validOf = (model: Model<Table>): ValidModel => rightOf(validate(model))

/** Where silent steps may be taken: nothing is lost or comes twice, no depth, no assumption about time. */
const settling = ({ timing: _timing, bounds, network, ...model }: Model<Table>): Model<Table> => ({
  ...model,
  bounds: bounds?.node === undefined ? {} : { node: bounds.node },
  network: network.kind === 'asynchronous' ? network : { ...network, lose: 0, duplicate: 0 }
})

const holdsFor = (
  models: fc.Arbitrary<Model<Table>>,
  compare: (model: Model<Table>, naive: NaiveReport) => Promise<void>
) =>
  fc.assert(
    fc.asyncProperty(models.map(settling), async (model) => {
      const naive = checkNaively(validOf(model), most)
      fc.pre(naive !== null)
      await compare(model, naive)
    }),
    { numRuns: runs }
  )

const isFault = (verdict: Report['verdict']): boolean => verdict === 'violated' || verdict === 'deadlock'

/** The model with nothing to find but what the report found. Histories stay, since they decide where a crash may cut. */
const judgedAlone = (model: Model<Table>, { verdict, property }: Report): Model<Table> => ({
  ...model,
  properties: model.properties.flatMap((judged) =>
    judged.name === property ? [judged] : judged.kind === 'history' ? [{ ...judged, holds: () => true }] : []
  ),
  ...(verdict === 'deadlock' ? {} : { mayStop: true })
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
    holdsFor(randomModels(true), async (model, naive) => {
      const checked = await check(model, { reduce })
      if (either.isLeft(checked)) throw new Error(JSON.stringify(checked.left))
      const report = checked.right
      expect(report.reductions).toEqual(reduce)
      expect(isFault(report.verdict)).toBe(isFault(naive.verdict))
      if (!isFault(naive.verdict))
        return expect([report.verdict, report.property]).toEqual([naive.verdict, naive.property])
      const alone = judgedAlone(model, report)
      const naiveAlone = checkNaively(validOf(alone), 20 * most)
      fc.pre(naiveAlone !== null)
      expect([naiveAlone.verdict, naiveAlone.property]).toEqual([report.verdict, report.property])
      expect(report.trace?.steps.length).toBeGreaterThanOrEqual(naiveAlone.traceLength ?? Infinity)
    }))

  test('reaches what can be reached, and nothing else', () =>
    holdsFor(
      fc
        .tuple(randomModels(false), fc.integer())
        .map(([model, seed]) => ({ ...model, properties: goals(seed), mayStop: true })),
      async (model, naive) => {
        const valid = validOf(model)
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
      randomModels(false).map(({ mayStop: _mayStop, ...model }) => model as Model<Table>),
      async (model, naive) => {
        const { last } = await explorePasses(validOf(model), { reduce }, new Limits({}))
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
