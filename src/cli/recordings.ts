/** Recordings in files, and the model that is of their protocol. */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { either } from 'fp-ts'
import { loadModels, type LoadedModel } from '../load/load.ts'
import { atBorder, problem, Refusal, type Problem } from '../model/problem.ts'
import { readRecordingFrom, recordingsIn, type Recording } from '../runtime/index.ts'

export type Attempt<A> = either.Either<ReadonlyArray<Problem>, A>

/** Whether a text is a recording, by its beginning: traces are JSON documents. */
export const isRecording = (text: string): boolean => text.startsWith('{"quorateRecording"')

const textOf = (file: string): either.Either<Problem, string> =>
  either.tryCatch(
    () => readFileSync(file, 'utf8'),
    (error) => problem('Q301', error instanceof Error ? error.message : String(error), [file])
  )

/** @returns null for a file that is something else, or is not there */
export const recordingText = (file: string): string | null => {
  const text = either.getOrElse(() => '')(textOf(file))
  return isRecording(text) ? text : null
}

const refuseWith = (found: Problem): never => {
  throw new Refusal(found)
}

/** All recordings of a folder, each node's in the order in which it wrote them. */
export const readFolder = (folder: string): Attempt<ReadonlyArray<Recording>> => {
  const isFolder = either.tryCatch(() => statSync(folder).isDirectory(), String)
  if (either.isLeft(isFolder) || !isFolder.right)
    return either.left([problem('Q301', 'there is no such folder', [folder])])
  const recordings: Recording[] = []
  for (const name of recordingsIn(folder)) {
    const path = join(folder, name)
    // Recordings of a long run do not fit in memory together: of each the head, and the rest when it is its turn.
    const read = atBorder(() => readRecordingFrom(path, () => either.getOrElseW(refuseWith)(textOf(path))))
    if (either.isLeft(read)) return either.left([read.left])
    recordings.push(read.right)
  }
  return recordings.length === 0
    ? either.left([problem('Q301', 'there is no file *.recording.jsonl in it', [folder])])
    : either.right(recordings)
}

/** Histories of clients that lie beside recordings. */
export const historiesIn = (folder: string): ReadonlyArray<string> =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.history.jsonl'))
    .toSorted()
    .map((name) => join(folder, name))

/**
 * The model to read recordings by: of the models in a file, the first of their protocol.
 *
 * @returns Q501 where no model is named, Q722 where none is of the protocol
 */
export const modelFor = async (
  { name, head }: Recording,
  path: string | undefined,
  only: string | null
): Promise<Attempt<LoadedModel>> => {
  if (path === undefined)
    return either.left([problem('Q501', `name a model of ${head.protocol} with --model, to replay it by`, [name])])
  const loaded = await loadModels({ paths: [path], given: {}, only })
  if (either.isLeft(loaded)) return loaded
  const found = loaded.right.find(({ model }) => model.protocol.name === head.protocol)
  return found === undefined
    ? either.left([problem('Q722', `no model in ${path} is of the protocol ${head.protocol}`, [name])])
    : either.right(found)
}
