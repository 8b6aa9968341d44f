/** Files and folders, as given on a command line, to model files. */
import { readdirSync, statSync, type Dirent } from 'node:fs'
import { join, relative, resolve, sep } from 'node:path'
import { either } from 'fp-ts'
import { problem, type Problem } from '../model/problem.ts'

const modelFile = /\.model\.[cm]?[jt]s$/
const script = /\.[cm]?[jt]s$/

/** A file as people and traces name it: relative to the working directory, with slashes on every system. */
export const nameOf = (file: string): string => {
  const name = relative(process.cwd(), file)
  return (name === '' ? '.' : name).split(sep).join('/')
}

const isSearched = (entry: Dirent): boolean => entry.name !== 'node_modules' && !entry.name.startsWith('.')

/** The model files at and below a folder, sorted by path. Links to folders are not followed: they may lead in circles. */
const filesIn = (folder: string): ReadonlyArray<string> =>
  readdirSync(folder, { withFileTypes: true })
    .filter(isSearched)
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name)
      if (entry.isDirectory()) return filesIn(path)
      return modelFile.test(entry.name) && statSync(path, { throwIfNoEntry: false })?.isFile() === true ? [path] : []
    })

const filesAt = (path: string): either.Either<Problem, ReadonlyArray<string>> => {
  const absolute = resolve(path)
  const found = statSync(absolute, { throwIfNoEntry: false })
  if (found === undefined) return either.left(problem('Q301', `there is no "${path}"`))
  if (!found.isDirectory())
    return script.test(absolute)
      ? either.right([absolute])
      : either.left(problem('Q302', `"${path}" is not a TypeScript or JavaScript file`))
  const files = filesIn(absolute)
  return files.length > 0 ? either.right(files) : either.left(problem('Q302', `no model file is in "${path}"`))
}

/**
 * The model files that `paths` name: each file itself, and for a folder every `*.model.ts` (`.mts`, `.js`, `.mjs` …) at and
 * below it, without `node_modules` and hidden folders. Absolute, each once, in the order of `paths`.
 *
 * @returns Q301 for a path that is not there, Q302 for one without a model file
 */
export const findModelFiles = (paths: ReadonlyArray<string>): either.Either<Problem, ReadonlyArray<string>> => {
  const read = either.tryCatch(
    () => either.traverseArray(filesAt)(paths),
    (error) => problem('Q301', `a folder cannot be read: ${error instanceof Error ? error.message : String(error)}`)
  )
  return either.map((files: ReadonlyArray<ReadonlyArray<string>>) => [...new Set(files.flat())])(either.flatten(read))
}
