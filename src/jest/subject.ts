/** What is tested: the model and the trace, whatever form they are given in. */
import { either } from 'fp-ts'
import type { AnySignature } from '../../spec/kernel/index.ts'
import { valuesFor } from '../load/parameters.ts'
import type { Model } from '../model/model.ts'
import type { ParametricModel } from '../model/parameters.ts'
import { explain, type Problem } from '../model/problem.ts'
import { validate } from '../model/validate.ts'
import type { ValidModel } from '../model/valid.ts'
import { readTrace } from '../trace/file.ts'
import type { Trace } from '../trace/trace.ts'

/** A model, or what a model file exports if it has parameters. */
export type AnyModel = Model<any> | ParametricModel

/** A trace, or the JSON file that holds it: a path relative to the working directory, or a `file:` URL. */
export type GivenTrace = Trace | string | URL

/** The right; a left is wrong input, which fails a test whether or not the matcher is negated. */
export const demand = <A>(value: either.Either<Problem, A>): A => {
  if (either.isLeft(value)) throw new Error(explain(value.left))
  return value.right
}

export const traceOf = (given: GivenTrace): Trace =>
  typeof given !== 'string' && 'quorateTrace' in given ? given : demand(readTrace(given))

/** The model itself: one with parameters is built with these, and with its defaults for the others. */
export const modelOf = (model: AnyModel, parameters: Readonly<Record<string, unknown>>): Model<any> => {
  if (!('build' in model)) return model
  const given = Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, JSON.stringify(value)]))
  return model.build(demand(valuesFor(model, given)))
}

export const validFor = (model: AnyModel, trace: Trace): ValidModel =>
  demand(validate<AnySignature>(modelOf(model, trace.model.parameters)))
