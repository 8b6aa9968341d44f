/** The engine against the textbook checker, on random protocols. */
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { setOf } from '../spec/kernel/index.ts'
import { asynchronous, validate, type Model, type ValidModel } from '../src/model/index.ts'
import { checkNaively, type NaiveReport } from '../src/checker/naive.ts'
import { check, type Reduction, type Report } from '../src/checker/index.ts'
import { Limits } from '../src/checker/limits.ts'
import { explorePasses } from '../src/checker/passes.ts'
import { canonical } from '../src/model/data.ts'
import { randomModels, type Table } from './support/random-protocol.ts'
import { rightOf } from './support/runs.ts'

const runs = Number(process.env['TWIN_RUNS'] ?? 150)

const validOf = (model: Model<Table>): ValidModel => rightOf(validate(model))

const reportOf = async (model: Model<Table>, reduce: ReadonlyArray<Reduction>): Promise<Report> =>
  rightOf(await check(model, { reduce }))

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
      expect(seenIn(await reportOf(model, []))).toEqual([naive.verdict, naive.property, naive.traceLength])
    }))
})

const seenIn = ({ verdict, property, trace }: Report) => [verdict, property, trace?.steps.length ?? null]

const isFault = (verdict: Report['verdict']): boolean => verdict === 'violated' || verdict === 'deadlock'

/** The model with nothing to find but what the report found. Histories stay, since they decide where a crash may cut. */
const judgedAlone = (model: Model<Table>, { verdict, property }: Report): Model<Table> => ({
  ...model,
  properties: model.properties.flatMap((judged) =>
    judged.name === property ? [judged] : judged.kind === 'history' ? [{ ...judged, holds: () => true }] : []
  ),
  ...(verdict === 'deadlock' ? {} : { mayStop: true })
})

describe('the engine, without dead messages, keeps', () => {
  test('every verdict of the asynchronous network, and the length of every shortest trace', () =>
    holdsFor(
      randomModels(true).map((model) => ({ ...model, network: asynchronous() })),
      async (model, naive) => {
        const report = await reportOf(model, ['dead-messages'])
        expect(seenIn(report)).toEqual([naive.verdict, naive.property, naive.traceLength])
      }
    ))

  // Where a delivery uses the message up, the reduced search leaves idle deliveries out. A deadlock is then found before they are
  // made, and of several counterexamples another may come first. Each is a counterexample all the same.
  test('whether there is a counterexample, and to what, on every network', () =>
    holdsFor(randomModels(true), async (model, naive) => {
      const report = await reportOf(model, ['dead-messages'])
      expect(isFault(report.verdict)).toBe(isFault(naive.verdict))
      if (!isFault(naive.verdict))
        return expect([report.verdict, report.property]).toEqual([naive.verdict, naive.property])
      const alone = judgedAlone(model, report)
      const naiveAlone = checkNaively(validOf(alone), 20 * most)
      fc.pre(naiveAlone !== null)
      expect([naiveAlone.verdict, naiveAlone.property]).toEqual([report.verdict, report.property])
      if (model.network.kind === 'unordered' && report.verdict === 'violated')
        expect(report.trace?.steps.length).toBe(naiveAlone.traceLength)
    }))

  test('every reachable combination of node states', () =>
    holdsFor(randomModels(false), async (model, naive) => {
      const { last, reductions } = await explorePasses(validOf(model), { reduce: ['dead-messages'] }, new Limits({}))
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
