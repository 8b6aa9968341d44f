/** `quorate validate`: is what a cluster did what its protocol promises? */
import { either } from 'fp-ts'
import { match } from 'ts-pattern'
import type { Property } from '../../../spec/kernel/index.ts'
import type { LoadedModel } from '../../load/load.ts'
import { problem, type Problem } from '../../model/problem.ts'
import { validateRun, type Life, type RunVerdict, type ValidatedRun } from '../../runtime/index.ts'
import { count, counted } from '../numbers.ts'
import { complainOf, exitStatus } from '../problems.ts'
import { historiesIn, modelFor, readFolder, type Attempt } from '../recordings.ts'
import type { Terminal } from '../terminal.ts'
import { judgeCommand } from './judge.ts'

export interface ValidateFlags {
  /** The model file whose protocol and properties are meant. */
  readonly model?: string
  readonly only?: string
  /** Judges of the histories in the folder. */
  readonly as?: ReadonlyArray<string>
  /** Of how many moments one is judged. */
  readonly every?: number
}

/** What a node did, in a line. */
const sayNode = (lives: ReadonlyArray<Life>): string => {
  const files = lives.reduce((sum, life) => sum + life.files.length, 0)
  const steps = lives.reduce((sum, life) => sum + life.steps, 0)
  const checked = lives.reduce((sum, life) => sum + life.checked, 0)
  const killed = lives.filter(({ end }) => end === null).length
  const ends = [
    ...(lives.length > 1 ? [`in ${count(lives.length)} lives`] : []),
    ...(killed > 0 ? [`${count(killed)} without an end`] : [])
  ]
  const name = lives[0]?.node ?? '?'
  return `${name}: ${counted(files, 'file')}, ${counted(steps, 'step')} ${ends.join(', ')}${ends.length > 0 ? ', ' : ''}replayed, ${count(checked)} with their effects`
}

const sayContinuity = ({ node, files, continuity }: Life): string =>
  match(continuity)
    .with('lost', () => `✗ ${node} began anew in ${files[0] ?? '?'} without all that it had made durable`)
    .with('unknown', () => `? ${node} began anew in ${files[0] ?? '?'}: the recording before does not reach that far`)
    .otherwise(() => '')

const sayVerdict = (verdict: RunVerdict, properties: ReadonlyArray<Property<any>>): ReadonlyArray<string> => {
  const judged =
    verdict.judged === verdict.of
      ? `at each of ${counted(verdict.of, 'moment')}`
      : `at ${count(verdict.judged)} of ${counted(verdict.of, 'moment')}`
  const broken = verdict.broken.map(
    ({ property, node, line }) =>
      `✗ ${property} is violated${line === null ? ` when ${node} ends` : ` by ${node}, line ${line}`}`
  )
  const held = properties
    .map(({ name }) => name)
    .filter((name) => verdict.broken.every(({ property }) => property !== name))
  return [...broken, ...(held.length === 0 ? [] : [`✓ ${judged}: ${held.join(', ')}`])]
}

/** What the recordings are of, and what they show. */
const tell = (
  { lives, unsent, verdict }: ValidatedRun,
  properties: ReadonlyArray<Property<any>>,
  { print, colours }: Terminal
): boolean => {
  const unsure = lives.flat().map(sayContinuity)
  for (const own of lives) print(`✓ ${sayNode(own)}`)
  if (unsent > 0) print(`? ${counted(unsent, 'message')} came that nobody is recorded to have sent`)
  const lines = [...unsure.filter((line) => line !== ''), ...sayVerdict(verdict, properties)]
  for (const line of lines)
    print(line.startsWith('✗') ? colours.red(line) : line.startsWith('✓') ? colours.green(line) : line)
  return !lines.some((line) => line.startsWith('✗'))
}

/** A recording that no longer replays is an answer; anything else that is wrong is wrong input. */
const statusOf = (problems: ReadonlyArray<Problem>): number =>
  problems.every(({ code }) => code === 'Q723') ? exitStatus.unexpected : exitStatus.wrongInput

/** @returns the exit status: 0 if all recordings replay and everything holds, 1 if not */
export const validateCommand = async (folder: string, flags: ValidateFlags, terminal: Terminal): Promise<number> => {
  const refuse = (problems: ReadonlyArray<Problem>): number => {
    complainOf(problems, terminal)
    return statusOf(problems)
  }
  const recordings = readFolder(folder)
  if (either.isLeft(recordings)) return refuse(recordings.left)
  const [first] = recordings.right
  const loaded: Attempt<LoadedModel> =
    first === undefined
      ? either.left([problem('Q301', 'there is nothing to validate', [folder])])
      : await modelFor(first, flags.model, flags.only ?? null)
  if (either.isLeft(loaded)) return refuse(loaded.left)
  const { model } = loaded.right
  const properties = model.properties.filter(({ kind }) => kind !== 'reachable')
  const done = validateRun(model.protocol, recordings.right, properties, flags.every)
  if (either.isLeft(done)) return refuse([done.left])
  const holds = tell(done.right, properties, terminal)

  const histories = historiesIn(folder)
  const judges = flags.as ?? []
  if (judges.length > 0 && histories.length === 0)
    return refuse([problem('Q301', 'there is no history *.history.jsonl in it to judge', [folder])])
  if (judges.length === 0 && histories.length > 0)
    terminal.print(`? ${counted(histories.length, 'history')} not judged: say what as with --as`)
  const judged = judges.length === 0 ? [] : histories.map((file) => judgeCommand(file, { as: judges }, terminal))
  return Math.max(holds ? exitStatus.asExpected : exitStatus.unexpected, ...judged)
}
