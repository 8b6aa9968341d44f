/**
 * `quorate/jest`: a counterexample becomes a regression test. Works with jest and whatever has an `expect.extend` like
 * its; nothing of jest is imported.
 *
 * @example
 * import { expect, test } from '@jest/globals'
 * import { quorateMatchers, type QuorateMatchers } from 'quorate/jest'
 * expect.extend(quorateMatchers)
 * test('the vote survives a crash', () => expect(model).toWithstand('traces/forgotten-vote.trace.json'))
 *
 * In TypeScript, tell `expect` of the matchers: with `@jest/globals` and the package `expect` installed,
 *
 *     declare module 'expect' {
 *       interface Matchers<R extends void | Promise<void>, T = unknown> extends QuorateMatchers<R> {}
 *     }
 *
 * and with `@types/jest`,
 *
 *     declare global {
 *       namespace jest { interface Matchers<R, T = {}> extends QuorateMatchers<R> {} }
 *     }
 *
 * Or do without: {@link expectReplay}, {@link expectWithstand} and {@link expectHold} are the same as functions.
 */
import type { CheckOptions } from '../checker/report.ts'
import { answerHold, answerReplay, answerWithstand, type Answer } from './answers.ts'
import type { AnyModel, GivenTrace } from './subject.ts'

export type { Answer } from './answers.ts'
export type { AnyModel, GivenTrace } from './subject.ts'

/** The matchers as `expect(model)` has them; `R` is what a matcher returns. */
export interface QuorateMatchers<R> {
  /**
   * Every step of the trace still goes as it was recorded (rule, effects, state), and its end still shows what the trace
   * says. For keeping a counterexample until it is mended, and a run that must stay possible.
   */
  readonly toReplay: (trace: GivenTrace) => R
  /**
   * The regression test after the mend: the actions of the trace are tried again, as far as they can happen, and after
   * no step does the run show what the trace says. What the steps do may differ from what was recorded. A run that
   * cannot go on passes: the mend keeps the next action from happening. So a trace of messages or timers that were
   * renamed passes for nothing; record it anew.
   */
  readonly toWithstand: (trace: GivenTrace) => R
  /** The checker finds that the model holds. A parametric model is checked with its defaults. */
  readonly toHold: (options?: CheckOptions) => Promise<void>
}

/** For `expect.extend`. Input that is wrong, such as a file that is not there, fails the test even after `.not`. */
export const quorateMatchers = {
  toReplay: (model: AnyModel, trace: GivenTrace): Answer => answerReplay(model, trace),
  toWithstand: (model: AnyModel, trace: GivenTrace): Answer => answerWithstand(model, trace),
  toHold: (model: AnyModel, options?: CheckOptions): Promise<Answer> => answerHold(model, options)
}

const insist = ({ pass, message }: Answer): void => {
  if (!pass) throw new Error(message())
}

/** `expect(model).toReplay(trace)`, for any test runner. */
export const expectReplay = (model: AnyModel, trace: GivenTrace): void => insist(answerReplay(model, trace))

/** `expect(model).toWithstand(trace)`, for any test runner. */
export const expectWithstand = (model: AnyModel, trace: GivenTrace): void => insist(answerWithstand(model, trace))

/** `await expect(model).toHold(options)`, for any test runner. */
export const expectHold = async (model: AnyModel, options?: CheckOptions): Promise<void> =>
  insist(await answerHold(model, options))
