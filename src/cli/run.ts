/** Checks loaded models. */
import { availableParallelism, totalmem } from 'node:os'
import type { Writable } from 'node:stream'
import { either } from 'fp-ts'
import type { CheckOptions, Report } from '../checker/report.ts'
import { Crew } from '../crew/crew.ts'
import type { LoadedModel } from '../load/load.ts'
import type { Problem } from '../model/problem.ts'
import { progressLine } from './progress.ts'
import type { Terminal } from './terminal.ts'

export interface Outcome {
  readonly loaded: LoadedModel
  readonly result: either.Either<Problem, Report>
}

/** How far a check may go, and how. */
export interface Limits extends Pick<CheckOptions, 'reduce' | 'maxStates' | 'maxBytes'> {
  /** Threads; as many as the machine runs at once unless said otherwise. */
  readonly workers?: number
  /** Where what the models print goes: standard output, unless said otherwise. */
  readonly prints?: Writable
}

const { min } = Math

/** Bytes that a check may hold unless said otherwise: most of what this machine, or this container, has. */
const defaultMaxBytes = (): number => {
  const confined = process.constrainedMemory() || Infinity
  return 0.8 * min(totalmem(), confined)
}

/** A signal that the first Ctrl-C sets off. The second one ends the process as it always does. */
export const interruption = (): AbortSignal => {
  const controller = new AbortController()
  process.once('SIGINT', () => controller.abort())
  return controller.signal
}

/**
 * Checks models, with live progress, until `signal`.
 *
 * @param onOutcome called for each model in their order, as soon as it and those before it have been checked
 * @returns what became of the models that were begun
 */
export const checkAll = async (
  models: ReadonlyArray<LoadedModel>,
  { workers = availableParallelism(), prints = process.stdout, ...limits }: Limits,
  signal: AbortSignal,
  terminal: Terminal,
  onOutcome: (outcome: Outcome) => void
): Promise<ReadonlyArray<Outcome>> => {
  const crew = new Crew({ workers, prints })
  const outcomes: (Outcome | undefined)[] = []
  let told = 0
  let shown = 0
  /** Tells what is known, in the order of the models. */
  const tell = (): void => {
    for (let next = outcomes[told]; next !== undefined; next = outcomes[++told]) onOutcome(next)
  }
  await crew.checkAll(
    models,
    (index) => {
      const { file, model, parameters } = models[index]!
      const place = { index: index + 1, of: models.length }
      return {
        maxBytes: defaultMaxBytes(),
        ...limits,
        // Of many, nobody would read it.
        profile: models.length === 1,
        signal,
        onProgress: (progress) => {
          // Of several models at a time, one is shown until it is done.
          if (outcomes[shown] !== undefined) shown = index
          if (shown === index) terminal.progress(progressLine(model.name, place, progress))
        },
        origin: { file, parameters }
      }
    },
    (index, result) => {
      const loaded = models[index]!
      const inFile = (found: Problem): Problem => ({ ...found, where: [loaded.file, ...found.where] })
      outcomes[index] = { loaded, result: either.mapLeft(inFile)(result) }
      terminal.progress('')
      tell()
    }
  )
  await crew.close()
  // Where a signal came, what was begun later may be done while what was begun before it is not.
  outcomes.slice(told).forEach((outcome) => outcome !== undefined && onOutcome(outcome))
  return outcomes.filter((outcome) => outcome !== undefined)
}
