/** Models with parameters, so that one file serves a quick check and a deep one. */
import type * as t from 'io-ts'
import type { AnySignature } from '../../spec/kernel/index.ts'
import type { Model } from './model.ts'

/** One parameter of a model. */
export interface Parameter<A> {
  readonly codec: t.Type<A, unknown>
  readonly byDefault: A
  /** What it is, for `--help` and error messages. */
  readonly says: string
}

export const parameter = <A>(codec: t.Type<A, unknown>, byDefault: A, says: string): Parameter<A> => ({
  codec,
  byDefault,
  says
})

type Values<Parameters extends Readonly<Record<string, Parameter<any>>>> = {
  readonly [Name in keyof Parameters]: Parameters[Name]['byDefault']
}

/** A model that waits for its parameters. */
export interface ParametricModel {
  readonly parameters: Readonly<Record<string, Parameter<any>>>
  readonly build: (values: any) => Model<any>
}

/**
 * Declares a model with parameters.
 *
 * @example parametric({ participants: parameter(Positive, 2, 'participants besides the coordinator') }, ({ participants }) => model({ … }))
 */
export const parametric = <Parameters extends Readonly<Record<string, Parameter<any>>>, P extends AnySignature>(
  parameters: Parameters,
  build: (values: Values<Parameters>) => Model<P>
): ParametricModel => ({ parameters, build })
