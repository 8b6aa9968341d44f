/** The engine against the textbook checker, on random protocols. */
import { describe, expect, test } from '@jest/globals'
import { either } from 'fp-ts'
import fc from 'fast-check'
import { setOf } from '../spec/kernel/index.ts'
import { validate, type Model, type ValidModel } from '../src/model/index.ts'
import { checkNaively, type NaiveReport } from '../src/checker/naive.ts'
import { check, type Reduction, type Report } from '../src/checker/index.ts'
import { Limits } from '../src/checker/limits.ts'
import { explorePasses } from '../src/checker/passes.ts'
import { canonical } from '../src/model/data.ts'
import { randomModels, type Table } from './support/random-protocol.ts'

const runs = Number(process.env['TWIN_RUNS'] ?? 150)

const validOf = (model: Model<Table>): ValidModel => {
  const valid = validate(model)
  if (either.isLeft(valid)) throw new Error(JSON.stringify(valid.left))
  return valid.right as unknown as ValidModel
}

const reportOf = async (model: Model<Table>, reduce: ReadonlyArray<Reduction>): Promise<Report> => {
  const report = await check(model, { reduce })
  if (either.isLeft(report)) throw new Error(JSON.stringify(report.left))
  return report.right
}

/** Larger spaces are left out: there are enough small ones, and the textbook checker is slow. */
const most = 600

const holdsFor = (
  models: fc.Arbitrary<Model<Table>>,
  compare: (model: Model<Table>, naive: NaiveReport) => Promise<void>
) =>
  fc.assert(
    fc.asyncProperty(models, async (model) => {
      const naive = checkNaively(validOf(model), most)
      fc.pre(naive !== null)
      await compare(model, naive)
    }),
    { numRuns: runs }
  )

describe('the engine, unreduced, is the textbook checker', () => {
  test('on whole spaces: states, transitions, depth, states outside the bounds, rules', () =>
    holdsFor(randomModels(false), async (model, naive) => {
      const report = await reportOf(model, [])
      expect({
        verdict: report.verdict,
        states: report.states,
        transitions: report.transitions,
        depth: report.depth,
        outside: report.outside,
        rules: report.rules.fired.toSorted()
      }).toEqual({
        verdict: naive.verdict,
        states: naive.states,
        transitions: naive.transitions,
        depth: naive.depth,
        outside: naive.outside,
        rules: [...naive.rules].toSorted()
      })
    }))

  test('on judged spaces: verdict, property, trace length', () =>
    holdsFor(randomModels(true, true), async (model, naive) => {
      const report = await reportOf(model, [])
      expect([report.verdict, report.property, report.trace?.steps.length ?? null]).toEqual([
        naive.verdict,
        naive.property,
        naive.traceLength
      ])
    }))
})

describe('the engine, without dead messages, keeps', () => {
  test('every verdict, and the length of every shortest trace where deliveries need not be made', () =>
    holdsFor(randomModels(true), async (model, naive) => {
      const report = await reportOf(model, ['dead-messages'])
      expect([report.verdict, report.property]).toEqual([naive.verdict, naive.property])
      if (model.network.kind === 'asynchronous' || (model.network.kind === 'unordered' && naive.verdict === 'violated'))
        expect(report.trace?.steps.length ?? null).toBe(naive.traceLength)
    }))

  test('every reachable combination of node states', () =>
    holdsFor(randomModels(false), async (model, naive) => {
      const { last, reductions } = await explorePasses(validOf(model), {}, new Limits({}))
      const { search } = last
      const reached = Array.from({ length: search.states.size }, (_, index) =>
        canonical(search.slotsOf(index).map((slot, node) => search.frames[node]?.alphabet.slots.at(slot)))
      )
      expect(reductions).toEqual(
        model.network.kind !== 'asynchronous' && model.bounds?.depth !== undefined ? [] : ['dead-messages']
      )
      expect(setOf(reached)).toEqual(setOf(naive.worlds.map(({ nodes }) => canonical(nodes))))
      expect(last.search.states.size).toBeLessThanOrEqual(naive.states)
    }))

  test('nothing back where a property reads the network: such a model is searched plainly', () =>
    holdsFor(randomModels(true, true), async (model, naive) => {
      const report = await reportOf(model, ['dead-messages'])
      expect([report.verdict, report.property]).toEqual([naive.verdict, naive.property])
    }))
})
