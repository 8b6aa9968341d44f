/** What a model that is meant to fail says, as it is told to whoever runs it. */
import { expect } from '@jest/globals'
import { check } from '../../src/checker/index.ts'
import type { Model } from '../../src/model/model.ts'
import { renderText } from '../../src/trace/index.ts'
import { expectGolden } from './golden.ts'
import { rightOf } from './runs.ts'

/**
 * Expects a model to give the verdict that it expects of itself, and the shortest run that shows it to be the text of a
 * golden file.
 *
 * @example await expectCounterexample(forgottenVote, 'two-phase-commit/forgotten-vote.txt')
 */
export const expectCounterexample = async (model: Model<any>, golden: string): Promise<void> => {
  const { asExpected, verdict, trace } = rightOf(await check(model))
  expect({ asExpected, verdict }).toEqual({ asExpected: true, verdict: expect.not.stringMatching('holds') })
  if (trace === null) throw new Error(`${model.name} gives no trace`)
  expectGolden(golden, renderText(trace))
}
