/** Values for the parameters of models, as given on a command line or kept in a trace. */
import { either } from 'fp-ts'
import type * as t from 'io-ts'
import { explainErrors } from '../../spec/kernel/index.ts'
import type { Parameter, ParametricModel } from '../model/parameters.ts'
import { problem, type Problem } from '../model/problem.ts'

/** Texts by name: JSON, or a string as it stands. */
export type Given = Readonly<Record<string, string>>

export type Values = Readonly<Record<string, unknown>>

const parsed = (text: string): unknown =>
  either.getOrElse((): unknown => text)(either.tryCatch((): unknown => JSON.parse(text), String))

const valueOf = (
  name: string,
  { codec, byDefault, says }: Parameter<unknown>,
  given: Given
): either.Either<Problem, unknown> => {
  const text = given[name]
  if (text === undefined) return either.right(byDefault)
  const refused = (errors: t.Errors) =>
    problem('Q305', `parameter "${name}": ${explainErrors(errors)}`, [
      `${name}: ${says} (${JSON.stringify(byDefault)} by default)`
    ])
  const read = codec.decode(parsed(text))
  // `--param owner=1` for a parameter that is a string: what was typed is one.
  return either.mapLeft(refused)(either.isRight(read) ? read : either.orElse(() => read)(codec.decode(text)))
}

/**
 * The values of all parameters of a model: those given, and the defaults of the others. What it does not declare is
 * left aside.
 *
 * @returns Q305 for the first value that does not decode
 */
export const valuesFor = ({ parameters }: ParametricModel, given: Given): either.Either<Problem, Values> =>
  either.map((entries: ReadonlyArray<readonly [string, unknown]>) => Object.fromEntries(entries) as Values)(
    either.traverseArray(([name, declared]: readonly [string, Parameter<unknown>]) =>
      either.map((value: unknown) => [name, value] as const)(valueOf(name, declared, given))
    )(Object.entries(parameters))
  )

/** Values as a trace keeps them: what decodes to them again. */
export const encoded = ({ parameters }: ParametricModel, values: Values): Values =>
  Object.fromEntries(Object.entries(parameters).map(([name, { codec }]) => [name, codec.encode(values[name])]))
