/** Random models by seed: every thread of a team draws the same ones. */
import fc from 'fast-check'
import type { Model } from '../../src/model/index.ts'
import { randomModels } from './random-protocol.ts'
import { symmetricModels } from './random-symmetric.ts'

export type Drawn = 'whole' | 'judged' | 'symmetric'

export const drawnModels = (drawn: Drawn, seed: number, count: number): ReadonlyArray<Model<any>> =>
  fc.sample<Model<any>>(
    drawn === 'symmetric' ? symmetricModels(true) : randomModels(drawn === 'judged', drawn === 'judged'),
    { seed, numRuns: count }
  )
