/** `quorate replay`: does what was found once still happen, and is what ran what was checked? */
import { either } from 'fp-ts'
import { loadModels, type LoadedModel } from '../../load/load.ts'
import { problem, type Problem } from '../../model/problem.ts'
import { validate } from '../../model/validate.ts'
import { replay, type Replayed, type Trace } from '../../trace/index.ts'
import { counted } from '../numbers.ts'
import { complainOf, exitStatus } from '../problems.ts'
import type { Terminal } from '../terminal.ts'
import { readTrace } from '../../trace/file.ts'
import { isTorn, readRecording, replayRecording, type ReplayedRecording } from '../../runtime/index.ts'
import { modelFor, recordingText } from '../recordings.ts'

export interface ReplayFlags {
  /** The model file to use in place of the one that the trace names. */
  readonly model?: string
}

type Attempt<A> = either.Either<ReadonlyArray<Problem>, A>

/** The model that a trace is of: by its name, or the only one of the file that the user names. */
const modelOf = async ({ model }: Trace, file: string, flags: ReplayFlags): Promise<Attempt<LoadedModel>> => {
  const path = flags.model ?? model.file
  if (path === null)
    return either.left([problem('Q403', 'the trace names no model file: give one with --model', [file])])
  const given = Object.fromEntries(
    Object.entries(model.parameters).map(([name, value]) => [name, JSON.stringify(value)])
  )
  const loaded = await loadModels({ paths: [path], given, only: null })
  if (either.isLeft(loaded)) return loaded
  const named = loaded.right.find((candidate) => candidate.model.name === model.name)
  const [only, ...others] = loaded.right
  const found = named ?? (flags.model !== undefined && others.length === 0 ? only : undefined)
  const names = loaded.right.map((candidate) => candidate.model.name).join(', ')
  return found === undefined
    ? either.left([problem('Q309', `no model in ${path} is called "${model.name}": there are ${names}`, [file])])
    : either.right(found)
}

const replayFile = async (file: string, flags: ReplayFlags): Promise<Attempt<Replayed>> => {
  const trace = readTrace(file)
  if (either.isLeft(trace)) return either.left([trace.left])
  const loaded = await modelOf(trace.right, file, flags)
  if (either.isLeft(loaded)) return loaded
  const replayed = either.chain((valid: Parameters<typeof replay>[0]) => replay(valid, trace.right))(
    validate(loaded.right.model)
  )
  return either.mapLeft((found: Problem) => [{ ...found, where: [file, ...found.where] }])(replayed)
}

const sayShown = ({ shows, property }: Trace): string => (property === null ? shows : `${shows} ${property}`)

const tell = (file: string, { trace, stillShows }: Replayed, { print, colours }: Terminal): void => {
  const applies = `${file}: ${counted(trace.steps.length, 'step')} of ${trace.model.name}`
  if (!stillShows) print(colours.red(`✗ ${applies} still apply, but no longer show: ${sayShown(trace)}`))
  else if (trace.shows === 'run') print(colours.green(`✓ ${applies} still apply`))
  else print(colours.green(`✓ ${applies} still apply, and show: ${sayShown(trace)}`))
}

const sayEnd = ({ end }: ReplayedRecording, text: string): string =>
  end === 'orderly'
    ? ''
    : end === 'failed'
      ? ', then the node failed'
      : `, and no end${isTorn(text) ? ': the last line is torn' : ''}`

const asList = (found: Problem): ReadonlyArray<Problem> => [found]

const replayRecorded = async (
  file: string,
  text: string,
  flags: ReplayFlags,
  { print, colours }: Terminal
): Promise<Attempt<null>> => {
  const read = either.mapLeft(asList)(readRecording(file, text))
  if (either.isLeft(read)) return read
  const loaded = await modelFor(read.right, flags.model, null)
  if (either.isLeft(loaded)) return loaded
  const replayed = either.mapLeft(asList)(replayRecording(loaded.right.model.protocol, read.right))
  if (either.isLeft(replayed)) return replayed
  const { node, protocol } = read.right.head
  const { steps, checked } = replayed.right
  const compared = `${counted(steps.length, 'step')} of ${node}, ${protocol}: the same rules, and of ${counted(checked, 'step')} the same effects`
  print(colours.green(`✓ ${file}: ${compared}${sayEnd(replayed.right, text)}`))
  return either.right(null)
}

/** A trace that does not apply any more is an answer; anything else that is wrong is wrong input. */
const statusOf = (problems: ReadonlyArray<Problem>): number =>
  problems.every(({ code }) => code === 'Q404' || code === 'Q723') ? exitStatus.unexpected : exitStatus.wrongInput

/** @returns the exit status: the worst over all files */
export const replayCommand = async (
  files: ReadonlyArray<string>,
  flags: ReplayFlags,
  terminal: Terminal
): Promise<number> => {
  const statuses: number[] = []
  for (const file of files) {
    const recorded = recordingText(file)
    if (recorded !== null) {
      const replayed = await replayRecorded(file, recorded, flags, terminal)
      if (either.isLeft(replayed)) complainOf(replayed.left, terminal)
      statuses.push(either.match(statusOf, (): number => exitStatus.asExpected)(replayed))
      continue
    }
    const replayed = await replayFile(file, flags)
    if (either.isLeft(replayed)) complainOf(replayed.left, terminal)
    else tell(file, replayed.right, terminal)
    statuses.push(
      either.match(statusOf, ({ stillShows }: Replayed) =>
        stillShows ? exitStatus.asExpected : exitStatus.unexpected
      )(replayed)
    )
  }
  return Math.max(...statuses)
}
