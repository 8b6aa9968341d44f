/** Which of the models found are meant, and whether what was said about them fits together. */
import type { ParametricModel } from '../model/parameters.ts'
import { problem, type Problem } from '../model/problem.ts'
import type { Given } from './parameters.ts'

interface Named {
  readonly name: string
  readonly file: string
}

const glob = (pattern: string): RegExp =>
  new RegExp(
    `^${pattern
      .split('*')
      .map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, '\\$&'))
      .join('.*')}$`
  )

/**
 * The names that a pattern means: the one that it is; else, if it has a `*`, those it stands for; else those it is a part
 * of. Null means all.
 */
export const selectNames = (names: ReadonlyArray<string>, pattern: string | null): ReadonlyArray<string> => {
  if (pattern === null) return names
  if (names.includes(pattern)) return [pattern]
  return names.filter((name) => (pattern.includes('*') ? glob(pattern).test(name) : name.includes(pattern)))
}

/** Q306 for each value given that no model has a parameter for. */
export const unknownParameters = (given: Given, models: ReadonlyArray<ParametricModel>): ReadonlyArray<Problem> => {
  const known = [...new Set(models.flatMap(({ parameters }) => Object.keys(parameters)))].toSorted()
  const there = known.length === 0 ? 'there are no parameters' : `there are ${known.join(', ')}`
  return Object.keys(given)
    .filter((name) => !known.includes(name))
    .map((name) => problem('Q306', `no model has a parameter "${name}": ${there}`))
}

/** Q307 for each model whose name another one has before it. */
export const sharedNames = (models: ReadonlyArray<Named>): ReadonlyArray<Problem> =>
  models.flatMap(({ name, file }, index) => {
    const first = models.findIndex((other) => other.name === name)
    return first === index
      ? []
      : [problem('Q307', `two models are called "${name}"`, [`${models[first]?.file} and ${file}`])]
  })
