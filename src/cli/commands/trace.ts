/** `quorate trace`: shows a trace from a file, or the counterexample of a model. */
import { either } from 'fp-ts'
import type { Report } from '../../checker/report.ts'
import { loadModels } from '../../load/load.ts'
import { problem, type Problem } from '../../model/problem.ts'
import type { Trace } from '../../trace/index.ts'
import { limitsOf, type ModelFlags } from '../flags.ts'
import { complainOf, exitStatus } from '../problems.ts'
import type { TraceForm } from '../forms.ts'
import { renderTrace } from '../render.ts'
import { resultLine } from '../result.ts'
import { checkAll, interruption } from '../run.ts'
import type { Terminal } from '../terminal.ts'
import { readTrace } from '../../trace/file.ts'

export interface TraceFlags extends ModelFlags {
  readonly as: TraceForm
  readonly width?: number
  readonly ascii?: true
}

const isTraceFile = (file: string): boolean => file.endsWith('.json')

/** What a file has to show: a trace, or the report of a model that has none. */
type Shown = either.Either<ReadonlyArray<Problem>, Trace | Report>

const counterexampleOf = async (
  path: string,
  flags: ModelFlags,
  terminal: Terminal,
  signal: AbortSignal
): Promise<Shown> => {
  const models = await loadModels({ paths: [path], given: flags.param ?? {}, only: flags.only ?? null })
  if (either.isLeft(models)) return models
  if (models.right.length > 1) {
    const names = models.right.map(({ model }) => model.name).join(', ')
    return either.left([problem('Q503', `"${path}" has ${models.right.length} models: ${names}`)])
  }
  const [outcome] = await checkAll(
    models.right,
    { ...limitsOf(flags), prints: process.stderr },
    signal,
    terminal,
    () => undefined
  )
  if (outcome === undefined) throw new Error('a single model was not checked')
  return either.bimap(
    (found: Problem) => [found],
    (report: Report) => report.trace ?? report
  )(outcome.result)
}

/** @returns the exit status: 1 if there is no counterexample to show */
export const traceCommand = async (file: string, flags: TraceFlags, terminal: Terminal): Promise<number> => {
  const signal = interruption()
  const shown: Shown = isTraceFile(file)
    ? either.mapLeft((found: Problem) => [found])(readTrace(file))
    : await counterexampleOf(file, flags, terminal, signal)
  if (either.isLeft(shown)) {
    complainOf(shown.left, terminal)
    return exitStatus.wrongInput
  }
  if ('verdict' in shown.right) {
    terminal.complain(`${resultLine(shown.right, 0, terminal.errorColours)}\nthere is no counterexample to show`)
    return signal.aborted ? exitStatus.interrupted : exitStatus.unexpected
  }
  const canvas = { width: flags.width ?? terminal.width, ascii: flags.ascii === true, colours: terminal.colours }
  terminal.print(renderTrace(shown.right, flags.as, canvas))
  return exitStatus.asExpected
}
