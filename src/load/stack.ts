/** Where in a user's own file an error was thrown. */
import { SourceMap, type SourceMapPayload } from 'node:module'
import { resolve } from 'node:path'
import { nameOf } from './find.ts'

/** The place of an error, `models/raft.model.ts:12:5`; null if it cannot be told. */
export type Locate = (error: unknown) => string | null

/**
 * Reads places of errors out of their stacks.
 *
 * @param sourceUrl the name that the bundle gave itself, as it stands in stacks
 * @param payload the bundle's source map
 * @param folder what the sources in the map are relative to
 */
export const locateIn = (sourceUrl: string, payload: SourceMapPayload, folder: string): Locate => {
  const map = new SourceMap(payload)
  return (error) => {
    if (!(error instanceof Error) || typeof error.stack !== 'string') return null
    // In a frame `url:line:column`; in the first line of the stack of an error of linking `url:line`.
    const [, frame = ''] = error.stack.split(`${sourceUrl}:`)
    const [, line, column = '1'] = /^(\d+)(?::(\d+))?/.exec(frame) ?? []
    if (line === undefined) return null
    const entry = map.findEntry(Number(line) - 1, Number(column) - 1)
    return 'originalSource' in entry
      ? `${nameOf(resolve(folder, entry.originalSource))}:${entry.originalLine + 1}:${entry.originalColumn + 1}`
      : null
  }
}
