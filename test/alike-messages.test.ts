/** Messages that behave alike, and partitions that nobody sees, against the textbook checker, on random protocols whose messages often do the same. */
import { describe, expect, test } from '@jest/globals'
import { either } from 'fp-ts'
import fc from 'fast-check'
import { setOf, step, type Property } from '../spec/kernel/index.ts'
import type { NaiveReport } from '../src/checker/naive.ts'
import { check, type Reduction } from '../src/checker/index.ts'
import { Limits } from '../src/checker/limits.ts'
import { explorePasses } from '../src/checker/passes.ts'
import { canonical } from '../src/model/data.ts'
import { asynchronous, type Model, type ValidModel } from '../src/model/index.ts'
import { viewOf } from '../src/model/local.ts'
import { moves } from '../src/model/world.ts'
import { draw, randomModels, type Table } from './support/random-protocol.ts'
import { validated } from './support/runs.ts'
import { holdsFor, reportOf, seenIn } from './support/twins.ts'

const runs = Number(process.env['TWIN_RUNS'] ?? 40)
const most = 300
const extent = { runs, most }

/** Messages of many names, most of which do in most states what another does; by rules of other names, at times. */
const withAliases = (model: Model<Table>, seed: number): Model<Table> => {
  const { protocol } = model
  const own = (place: string): boolean => draw(seed, `${place} own`, 5) === 0
  return {
    ...model,
    network: asynchronous(),
    protocol: {
      ...protocol,
      step: (self, state, event) => {
        const message = event.type === 'deliver' ? event.message.type : 0
        const place = `${self.id} ${state.seen} ${message}`
        const from = event.type === 'deliver' && draw(seed, `${place} from`, 2) === 0 ? 'n1' : null
        const taken =
          event.type === 'deliver'
            ? { ...event, from: from ?? event.from, message: { type: own(place) ? message : message % 2 } }
            : event
        const went = protocol.step(self, state, taken)
        const effects = went.effects.map((effect, k) =>
          effect.type === 'send'
            ? { ...effect, message: { type: effect.message.type + 2 * draw(seed, `${place} ${event.type} ${k}`, 3) } }
            : effect
        )
        return { ...went, effects, rule: went.rule === 'go' && own(`${place} rule`) ? 'again' : went.rule }
      }
    },
    properties: model.properties.flatMap((property): ReadonlyArray<Property<Table>> => {
      if (property.kind !== 'step') return [property]
      const type = draw(seed, 'watched', 4)
      return [
        property,
        step('no-such-delivery', ({ event, before, effects }) => {
          const isWatched = event.type === 'deliver' && event.message.type === type
          return !(isWatched && before.up && before.state.seen === draw(seed, 'where', 3) && effects.length !== 1)
        })
      ]
    })
  }
}

const aliased = (judged: boolean): fc.Arbitrary<Model<Table>> =>
  fc.tuple(randomModels(judged), fc.integer()).map(([model, seed]) => withAliases(model, seed))

/** The rules of steps that change or say something, and can happen. */
const tellingRules = (valid: ValidModel, { worlds }: NaiveReport): ReadonlySet<string> => {
  const isInside = valid.model.bounds?.node ?? (() => true)
  const inside = worlds.filter(({ nodes }) => nodes.every((local, node) => isInside(viewOf(valid, node, local))))
  const telling = inside.flatMap((world) =>
    moves(valid, world).flatMap(({ deed }) =>
      deed === null ||
      deed.outcome.rule === null ||
      (deed.outcome.effects.length === 0 && canonical(deed.outcome.after) === canonical(world.nodes[deed.node]))
        ? []
        : [deed.outcome.rule]
    )
  )
  return new Set(telling)
}

/** Whether the model's partitions only take time. */
const isIdle = ({ faults, timing, mayStop, nodes }: Model<Table>): boolean =>
  Object.keys(nodes).length > 1 &&
  (faults?.partitions?.times ?? 0) > 0 &&
  timing === undefined &&
  (faults?.partitions?.heal !== false || mayStop === true)

const inForce = (reduce: ReadonlyArray<Reduction>, model: Model<Table>): ReadonlyArray<Reduction> =>
  reduce.filter((name) => name !== 'idle-partitions' || isIdle(model))

const alike = ['dead-messages', 'alike-messages'] as const
const both = [...alike, 'idle-partitions'] as const

describe.each<{ reduce: ReadonlyArray<Reduction> }>([
  { reduce: alike },
  { reduce: ['idle-partitions'] },
  { reduce: both }
])('the engine, with $reduce, keeps', ({ reduce }) => {
  test('every verdict, and the length of every shortest trace', () =>
    holdsFor(extent, aliased(true), async (model, naive) => {
      const report = await reportOf(model, { reduce })
      expect(report.reductions).toEqual(inForce(reduce, model))
      expect(seenIn(report)).toEqual([naive.verdict, naive.property, naive.traceLength])
    }))

  test('every reachable combination of node states, and every rule that changes or says something', () =>
    holdsFor(extent, aliased(false), async (model, naive) => {
      const valid = validated(model)
      const { last } = await explorePasses(valid, { reduce }, new Limits({}))
      const { search } = last
      const reached = Array.from({ length: search.states.size }, (_, index) =>
        canonical(search.slotsOf(index).map((slot, node) => search.frames[node]?.alphabet.slots.at(slot)))
      )
      expect(setOf(reached)).toEqual(setOf(naive.worlds.map(({ nodes }) => canonical(nodes))))
      expect(search.states.size).toBeLessThanOrEqual(naive.states)
      // At a bound, a message that was dropped counts as ignored there, though nothing is delivered any more.
      if (model.bounds?.depth === undefined && model.bounds?.node === undefined) {
        const telling = tellingRules(valid, naive)
        expect([...last.fired].filter((rule) => !naive.rules.has(rule))).toEqual([])
        expect([...telling].filter((rule) => !last.fired.has(rule))).toEqual([])
      }
    }))
})

describe('messages that behave alike', () => {
  test('leave every trace as it is', () =>
    holdsFor(extent, aliased(true), async (model) => {
      const [plain, reduced] = [
        await reportOf(model, { reduce: ['dead-messages'] }),
        await reportOf(model, { reduce: alike })
      ]
      expect(reduced.trace).toEqual(plain.trace)
      // Up to a violation the tables are those of what was met so far, and with a scout more is met.
      if (plain.verdict === 'holds') expect(reduced.states).toBeLessThanOrEqual(plain.states)
    }))

  test('are found', async () => {
    const models = fc.sample(aliased(false), { numRuns: 60, seed: 1 })
    const fewer = await Promise.all(
      models.map(async (model) => {
        const [plain, reduced] = [
          await check(model, { reduce: ['dead-messages'], maxStates: 1500 }),
          await check(model, { reduce: alike, maxStates: 1500 })
        ]
        return either.isRight(plain) && either.isRight(reduced) && reduced.right.states < plain.right.states
      })
    )
    expect(fewer.filter((is) => is).length).toBeGreaterThan(0)
  })
})
