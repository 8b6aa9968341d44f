/** What a scout finds, against what the textbook checker says can be reached. */
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { history } from '../spec/kernel/index.ts'
import { checkNaively } from '../src/checker/naive.ts'
import { Scout } from '../src/checker/engine/scout.ts'
import { alphabetsOf } from '../src/checker/engine/search.ts'
import { canonical } from '../src/model/data.ts'
import { asynchronous, type Model, type ValidModel } from '../src/model/index.ts'
import { viewOf } from '../src/model/local.ts'
import { pingPongModel } from './support/ping-pong.ts'
import { randomModels } from './support/random-protocol.ts'
import { symmetricModels } from './support/random-symmetric.ts'
import { validated } from './support/runs.ts'

const most = 400

/** What there is to find: by node, its conditions and the messages that come to it. */
interface Found {
  readonly conditions: ReadonlySet<string>
  readonly messages: ReadonlySet<string>
}

/** All that can be reached; null where that is too much. */
const reachable = (valid: ValidModel): Found | null => {
  const report = checkNaively(valid, most)
  return report?.verdict !== 'holds'
    ? null
    : {
        conditions: new Set(
          report.worlds.flatMap(({ nodes }) => nodes.map((local, node) => `${node} ${canonical(local)}`))
        ),
        messages: new Set(
          report.worlds.flatMap(({ flight }) =>
            flight.flatMap((letters, node) => letters.map((letter) => `${node} ${canonical(letter)}`))
          )
        )
      }
}

const scouted = (valid: ValidModel, states: number, isSymmetric: boolean): Found => {
  const alphabets = alphabetsOf(valid)
  const bound = valid.model.bounds?.node
  const isInside = (node: number, slot: number): boolean =>
    bound === undefined || bound(viewOf(valid, node, alphabets[node]!.slots.at(slot)))
  const scout = new Scout(valid, alphabets, isInside, () => true, isSymmetric)
  for (const work = scout.look(states); work.next().done !== true;);
  return {
    conditions: new Set(
      alphabets.flatMap(({ node, slots }) => slots.values.map((local) => `${node} ${canonical(local)}`))
    ),
    messages: new Set(
      alphabets.flatMap(({ node, stimuli }) =>
        stimuli.values.flatMap((cause) =>
          cause.type === 'deliver' ? [`${node} ${canonical({ from: cause.from, message: cause.message })}`] : []
        )
      )
    )
  }
}

/** A model that all of its states are reached in, whatever it says of them. */
const silenced = <M extends Model<any>>(model: M): M => ({
  ...model,
  network: asynchronous(),
  properties: [],
  mayStop: true
})

describe('a scout', () => {
  test('meets what can happen and nothing else, and misses little', () => {
    let [there, met] = [0, 0]
    fc.assert(
      fc.property(randomModels(false), fc.constantFrom(3, 10_000), (model, states) => {
        const valid = validated(silenced(model))
        fc.pre(valid.model.timing === undefined)
        const all = reachable(valid)
        fc.pre(all !== null)
        const { conditions, messages } = scouted(valid, states, false)
        conditions.forEach((condition) => expect(all.conditions).toContain(condition))
        messages.forEach((message) => expect(all.messages).toContain(message))
        if (states === 3) return
        there += all.conditions.size + all.messages.size
        met += conditions.size + messages.size
      }),
      { numRuns: 150 }
    )
    expect(there).toBeGreaterThan(1_000)
    expect(met / there).toBeGreaterThan(0.95)
  })

  test('leaves it to the search to tell what is wrong', () => {
    const refusing = history('refuses', {
      initial: null,
      next: () => {
        throw new Error('no')
      },
      holds: () => true
    })
    const valid = validated({ ...pingPongModel(asynchronous()), properties: [refusing] })
    expect(scouted(valid, 10_000, false).conditions.size).toBeGreaterThan(valid.ids.length)
  })

  test('looks at states that differ in names once, and finds as much', () => {
    let [there, met] = [0, 0]
    fc.assert(
      fc.property(symmetricModels(true), (model) => {
        const valid = validated(silenced(model))
        const all = scouted(valid, 10_000, false)
        const { conditions, messages } = scouted(valid, 10_000, true)
        conditions.forEach((condition) => expect(all.conditions).toContain(condition))
        messages.forEach((message) => expect(all.messages).toContain(message))
        there += all.conditions.size
        met += conditions.size
      }),
      { numRuns: 60 }
    )
    expect(met).toBeLessThan(there)
    expect(met / there).toBeGreaterThan(0.4)
  })
})
