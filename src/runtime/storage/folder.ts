/** A folder to keep things in. */
import { closeSync, fsyncSync, mkdirSync, openSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { either } from 'fp-ts'
import { problem, type Problem } from '../../model/problem.ts'

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true

const syncFolder = (path: string): void => {
  const descriptor = openSync(path, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

/**
 * Makes a folder, and those above it, where they are not there; durably: each new name is synced in the folder that holds it. One by one, since
 * Node's own way to make them all tries for ever in file systems that make none, such as /proc.
 *
 * @throws what the file system says
 */
export const makeFolder = (path: string): void => {
  if (isFolder(path)) return
  const above = dirname(path)
  if (above !== path) makeFolder(above)
  try {
    mkdirSync(path)
  } catch (error) {
    // Another process may have been quicker.
    if (isFolder(path)) return
    throw error
  }
  syncFolder(above)
}

/** As {@link makeFolder}; Q502 where that cannot be. */
export const madeFolder = (path: string): either.Either<Problem, void> =>
  either.tryCatch(
    () => makeFolder(path),
    (error) => problem('Q502', error instanceof Error ? error.message : String(error), [path])
  )
