/** Which exports of a model file are models. */
import { either } from 'fp-ts'
import type { Model } from '../model/model.ts'
import type { ParametricModel } from '../model/parameters.ts'
import { problem, type Problem } from '../model/problem.ts'
import type { Exports } from './import.ts'

type Declared = Model<any> | ParametricModel

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export const isParametric = (declared: Declared): declared is ParametricModel => 'build' in declared

const fields = ['name', 'protocol', 'nodes', 'network', 'properties']

// A model that lacks a field or two is still meant as one: whoever validates it says what is missing. Views and
// protocols, which a file may well export beside its models, share two fields with them at most.
export const isModel = (value: unknown): value is Model<any> =>
  isRecord(value) && fields.filter((field) => Object.hasOwn(value, field)).length > 2

const isDeclared = (value: unknown): value is Declared =>
  isModel(value) || (isRecord(value) && isRecord(value['parameters']) && typeof value['build'] === 'function')

const kindOf = (value: unknown): string =>
  value === null ? 'null' : Array.isArray(value) ? 'a list' : isRecord(value) ? 'a record' : `a ${typeof value}`

/**
 * The models among a file's exports, default and named, each once.
 *
 * @returns Q304 if there is none
 */
export const declaredIn = (exports: Exports, file: string): either.Either<Problem, ReadonlyArray<Declared>> => {
  const declared = new Set(Object.values(exports).filter(isDeclared))
  if (declared.size > 0) return either.right([...declared])
  const others = Object.entries(exports).map(([name, value]) => `${name} (${kindOf(value)})`)
  return either.left(
    problem('Q304', others.length === 0 ? 'it exports nothing' : `no export is a model: ${others.join(', ')}`, [file])
  )
}
