/**
 * Where nodes are, as the cluster was told last: kept beside the log, since a node that starts must let others in before it
 * has applied the entries that say so.
 */
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as t from 'io-ts'
import { either } from 'fp-ts'
import { Place, type Places } from './store/store.ts'

const Kept = t.record(t.string, t.union([Place, t.null]))

const fileIn = (folder: string) => join(folder, 'places.json')

/** Nothing where the file is not there, or is damaged: the log says it again. */
export const readPlaces = (folder: string): Places => {
  const parsed = either.tryCatch((): unknown => JSON.parse(readFileSync(fileIn(folder), 'utf8')), String)
  return either.isRight(parsed) && Kept.is(parsed.right) ? parsed.right : {}
}

export const writePlaces = (folder: string, places: Places): void => {
  const temporary = `${fileIn(folder)}.tmp`
  writeFileSync(temporary, JSON.stringify(places))
  renameSync(temporary, fileIn(folder))
}
