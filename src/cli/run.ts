/** Checks loaded models one after the other. */
import { totalmem } from 'node:os'
import { either } from 'fp-ts'
import { check } from '../checker/check.ts'
import type { CheckOptions, Report } from '../checker/report.ts'
import type { LoadedModel } from '../load/load.ts'
import type { Problem } from '../model/problem.ts'
import { progressLine } from './progress.ts'
import type { Terminal } from './terminal.ts'

export interface Outcome {
  readonly loaded: LoadedModel
  readonly result: either.Either<Problem, Report>
}

/** How far a check may go, and how. */
export type Limits = Pick<CheckOptions, 'reduce' | 'maxStates' | 'maxBytes'>

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
 * Checks models in their order, with live progress, until `signal`.
 *
 * @param onOutcome called for each model as soon as it has been checked
 * @returns what became of the models that were begun
 */
export const checkAll = async (
  models: ReadonlyArray<LoadedModel>,
  limits: Limits,
  signal: AbortSignal,
  terminal: Terminal,
  onOutcome: (outcome: Outcome) => void
): Promise<ReadonlyArray<Outcome>> => {
  const outcomes: Outcome[] = []
  for (const [position, loaded] of models.entries()) {
    if (signal.aborted) break
    const { file, model, parameters } = loaded
    const place = { index: position + 1, of: models.length }
    const result = await check(model, {
      maxBytes: defaultMaxBytes(),
      ...limits,
      signal,
      onProgress: (progress) => terminal.progress(progressLine(model.name, place, progress)),
      origin: { file, parameters }
    })
    terminal.progress('')
    const inFile = (found: Problem): Problem => ({ ...found, where: [file, ...found.where] })
    const outcome = { loaded, result: either.mapLeft(inFile)(result) }
    outcomes.push(outcome)
    onOutcome(outcome)
  }
  return outcomes
}
