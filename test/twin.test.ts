/** The engine against the textbook checker, on random protocols. */
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { setOf } from '../spec/kernel/index.ts'
import { asynchronous } from '../src/model/index.ts'
import { checkNaively } from '../src/checker/naive.ts'
import { Limits } from '../src/checker/limits.ts'
import { explorePasses } from '../src/checker/passes.ts'
import { canonical } from '../src/model/data.ts'
import { randomModels } from './support/random-protocol.ts'
import { validated } from './support/runs.ts'
import { holdsFor, isFault, judgedAlone, reportOf, seenIn } from './support/twins.ts'

const runs = Number(process.env['TWIN_RUNS'] ?? 150)
const most = 600
const extent = { runs, most }

describe('the engine, unreduced, is the textbook checker', () => {
  test('on whole spaces: states, transitions, depth, states outside the bounds, rules', () =>
    holdsFor(extent, randomModels(false), async (model, naive) => {
      const report = await reportOf(model, { reduce: [] })
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
    holdsFor(extent, randomModels(true, true), async (model, naive) => {
      expect(seenIn(await reportOf(model, { reduce: [] }))).toEqual([naive.verdict, naive.property, naive.traceLength])
    }))
})

describe('the engine, without dead messages, keeps', () => {
  test('every verdict of the asynchronous network, and the length of every shortest trace', () =>
    holdsFor(
      extent,
      randomModels(true).map((model) => ({ ...model, network: asynchronous() })),
      async (model, naive) => {
        const report = await reportOf(model, { reduce: ['dead-messages'] })
        expect(seenIn(report)).toEqual([naive.verdict, naive.property, naive.traceLength])
      }
    ))

  // Where a delivery uses the message up, the reduced search leaves idle deliveries out. A deadlock is then found before they are
  // made, and of several counterexamples another may come first. Each is a counterexample all the same.
  test('whether there is a counterexample, and to what, on every network', () =>
    holdsFor(extent, randomModels(true), async (model, naive) => {
      const report = await reportOf(model, { reduce: ['dead-messages'] })
      expect(isFault(report.verdict)).toBe(isFault(naive.verdict))
      if (!isFault(naive.verdict))
        return expect([report.verdict, report.property]).toEqual([naive.verdict, naive.property])
      const alone = judgedAlone(model, report)
      const naiveAlone = checkNaively(validated(alone), 20 * most)
      fc.pre(naiveAlone !== null)
      expect([naiveAlone.verdict, naiveAlone.property]).toEqual([report.verdict, report.property])
      if (model.network.kind === 'unordered' && report.verdict === 'violated')
        expect(report.trace?.steps.length).toBe(naiveAlone.traceLength)
    }))

  test('every reachable combination of node states', () =>
    holdsFor(extent, randomModels(false), async (model, naive) => {
      const { last, reductions } = await explorePasses(validated(model), { reduce: ['dead-messages'] }, new Limits({}))
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
    holdsFor(extent, randomModels(true, true), async (model, naive) => {
      const report = await reportOf(model, { reduce: ['dead-messages'] })
      expect([report.verdict, report.property]).toEqual([naive.verdict, naive.property])
    }))
})
