/** Model files to models: the one entry to this folder. */
import { either } from 'fp-ts'
import type { Model } from '../model/model.ts'
import type { ParametricModel } from '../model/parameters.ts'
import { problem, type Problem } from '../model/problem.ts'
import { validate } from '../model/validate.ts'
import { bundle, locateFor, type Bundle } from './bundle.ts'
import { declaredIn, isModel, isParametric } from './exported.ts'
import { findModelFiles } from './find.ts'
import { importBundle, type Exports } from './import.ts'
import { located } from './located.ts'
import { encoded, valuesFor, type Given, type Values } from './parameters.ts'
import { selectNames, sharedNames, unknownParameters } from './select.ts'

/** What to load. */
export interface Wanted {
  /** Files and folders. */
  readonly paths: ReadonlyArray<string>
  /** For the parameters of whichever models have them. */
  readonly given: Given
  /** Which models: a name, a part of names, or a pattern with `*`. All of them if null. */
  readonly only: string | null
}

export interface LoadedModel {
  /** Relative to the working directory, with slashes. */
  readonly file: string
  readonly model: Model<any>
  /** The value of every parameter that the model declares, as JSON. */
  readonly parameters: Values
  /** What it was made from: plain data, from which another thread can make it again. */
  readonly source: Source
}

export interface Source {
  readonly bundle: Bundle
  readonly given: Given
}

/** A model, and the declaration of its parameters if it has some. */
interface Found extends LoadedModel {
  readonly parametric: ParametricModel | null
}

type Loading<A> = either.Either<ReadonlyArray<Problem>, A>

/** All that went well, or else everything that did not. */
const gather = <A>(results: ReadonlyArray<Loading<ReadonlyArray<A>>>): Loading<ReadonlyArray<A>> => {
  const problems = results.flatMap(
    either.match(
      (found) => found,
      (): ReadonlyArray<Problem> => []
    )
  )
  return problems.length > 0
    ? either.left(problems)
    : either.right(results.flatMap(either.getOrElse((): ReadonlyArray<A> => [])))
}

const inFile =
  (file: string) =>
  (found: Problem): ReadonlyArray<Problem> => [{ ...found, where: [file, ...found.where] }]

const build = (parametric: ParametricModel, values: Values, source: Source): either.Either<Problem, Found> => {
  const { file } = source.bundle
  const locate = locateFor(source.bundle)
  const where = [`parameters ${JSON.stringify(values)}`]
  try {
    const model: unknown = parametric.build(values)
    return isModel(model)
      ? either.right({
          file,
          model: located(model, locate),
          parameters: encoded(parametric, values),
          source,
          parametric
        })
      : either.left(problem('Q308', `\`build\` answered ${JSON.stringify(model) ?? typeof model}`, where))
  } catch (error) {
    const place = locate(error)
    const said = error instanceof Error ? error.message : String(error)
    return either.left(problem('Q308', `\`build\` threw: ${said}${place === null ? '' : `, at ${place}`}`, where))
  }
}

const modelsIn = async (bundled: Bundle, given: Given): Promise<Loading<ReadonlyArray<Found>>> => {
  const { file } = bundled
  const source = { bundle: bundled, given }
  const exports = await importBundle(bundled)
  const declared = either.chain((all: Exports) => declaredIn(all, file))(exports)
  if (either.isLeft(declared)) return either.left([declared.left])
  return gather(
    declared.right.map((one) => {
      const found = isParametric(one)
        ? either.chain((values: Values) => build(one, values, source))(valuesFor(one, given))
        : either.right({ file, model: located(one, locateFor(bundled)), parameters: {}, source, parametric: null })
      return either.bimap(inFile(file), (model: Found) => [model])(found)
    })
  )
}

/** One file after the other, so that the top-level code of two never runs interleaved. */
const importAll = async (bundles: ReadonlyArray<Bundle>, given: Given): Promise<Loading<ReadonlyArray<Found>>> => {
  const results: Loading<ReadonlyArray<Found>>[] = []
  for (const bundled of bundles) results.push(await modelsIn(bundled, given))
  return gather(results)
}

/** Nothing was validated yet: a name may be missing, whatever its type says. */
const nameOfModel = ({ model }: LoadedModel): string => {
  const name: unknown = model.name
  return typeof name === 'string' ? name : ''
}

/**
 * Loads models, gives them their parameters, and looks them over before anything runs.
 *
 * @returns the models in the order of the paths, at least one; or all problems found, Q301 to Q309 and Q101 to Q109
 */
export const loadModels = async ({ paths, given, only }: Wanted): Promise<Loading<ReadonlyArray<LoadedModel>>> => {
  const files = findModelFiles(paths)
  if (either.isLeft(files)) return either.left([files.left])
  const bundles = await bundle(files.right)
  if (either.isLeft(bundles)) return bundles
  const found = await importAll(bundles.right, given)
  if (either.isLeft(found)) return found

  const named = found.right.map((one) => ({ ...one, name: nameOfModel(one) }))
  const names = selectNames(
    named.map(({ name }) => name),
    only
  )
  if (names.length === 0) {
    const there = named.map(({ name }) => name).join(', ')
    return either.left([problem('Q309', `no model's name fits "${only}": there are ${there}`)])
  }
  const selected = named.filter(({ name }) => names.includes(name))
  const wrong = [
    ...unknownParameters(
      given,
      selected.flatMap(({ parametric }) => parametric ?? [])
    ),
    ...sharedNames(selected),
    ...selected.flatMap(({ file, model }) =>
      either.match(inFile(file), (): ReadonlyArray<Problem> => [])(validate(model))
    )
  ]
  return wrong.length > 0
    ? either.left(wrong)
    : either.right(selected.map(({ file, model, parameters, source }) => ({ file, model, parameters, source })))
}

/** A model that was loaded before, made once more: for another thread. */
export const reload = async ({ bundle: bundled, given }: Source, name: string): Promise<LoadedModel> => {
  const found = await modelsIn(bundled, given)
  const again = either.isRight(found) ? found.right.find((one) => nameOfModel(one) === name) : undefined
  if (again === undefined) throw new Error(`${bundled.file} gave a model ${name} once, and does not a second time`)
  return again
}
