/** Random models by seed: every thread of a team draws the same ones. */
import fc from 'fast-check'
import { asynchronous, type Model } from '../../src/model/index.ts'
import { randomModels } from './random-protocol.ts'
import { sceneModels } from './random-scenes.ts'
import { symmetricModels } from './random-symmetric.ts'

export type Drawn = 'whole' | 'judged' | 'symmetric' | 'scenes'

const drawn: Readonly<Record<Drawn, fc.Arbitrary<Model<any>>>> = {
  whole: randomModels(false, false),
  judged: randomModels(true, true),
  symmetric: symmetricModels(true),
  scenes: sceneModels(
    true,
    fc.constant(asynchronous()),
    fc.constantFrom({ times: 1, cuts: 'symmetric' }, { times: 2, cuts: 'one-way', heal: true }, undefined)
  )
}

export const drawnModels = (kind: Drawn, seed: number, count: number): ReadonlyArray<Model<any>> =>
  fc.sample(drawn[kind], { seed, numRuns: count })
