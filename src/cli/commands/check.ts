/** `quorate check`: checks models and says what came of it. */
import { statSync } from 'node:fs'
import { either } from 'fp-ts'
import type { Report } from '../../checker/report.ts'
import { loadModels, type LoadedModel } from '../../load/load.ts'
import { problem, type Problem } from '../../model/problem.ts'
import { checkDocument, jsonText, problemDocument } from '../document.ts'
import { limitsOf, type CheckFlags } from '../flags.ts'
import { counted } from '../numbers.ts'
import { madeFolder } from '../../runtime/storage/folder.ts'
import { complainOf, exitStatus } from '../problems.ts'
import type { TraceForm } from '../forms.ts'
import { renderTrace } from '../render.ts'
import { nameColumn, resultDetails, resultLine } from '../result.ts'
import { checkAll, interruption, type Outcome } from '../run.ts'
import { lastLine, sayUncovered, uncoveredRules, verdictTable } from '../summary.ts'
import type { Terminal } from '../terminal.ts'
import { writeTrace } from '../trace-files.ts'

const customary = 'models'

/** What to check where nobody says. */
const defaultPaths = (): either.Either<ReadonlyArray<Problem>, ReadonlyArray<string>> =>
  statSync(customary, { throwIfNoEntry: false })?.isDirectory() === true
    ? either.right([customary])
    : either.left([problem('Q501', `name model files or folders: there is no folder "${customary}" here`)])

const prepare = async (
  paths: ReadonlyArray<string>,
  flags: CheckFlags
): Promise<either.Either<ReadonlyArray<Problem>, ReadonlyArray<LoadedModel>>> => {
  const wanted = paths.length > 0 ? either.right(paths) : defaultPaths()
  if (either.isLeft(wanted)) return wanted
  const folder = flags.traceDir === undefined ? either.right(undefined) : madeFolder(flags.traceDir)
  if (either.isLeft(folder)) return either.left([folder.left])
  return loadModels({ paths: wanted.right, given: flags.param ?? {}, only: flags.only ?? null })
}

/** Traces asked for by their form are shown for every model; otherwise where they tell something new, or stand alone. */
const formFor = (report: Report, flags: CheckFlags, isAlone: boolean): TraceForm | null => {
  if (flags.diagram === true) return 'diagram'
  if (flags.text === true) return 'text'
  return !report.asExpected || (isAlone && flags.quiet !== true) ? 'text' : null
}

/** Says what came of one model. */
const tell = ({ result }: Outcome, models: ReadonlyArray<LoadedModel>, flags: CheckFlags, terminal: Terminal): void => {
  if (either.isLeft(result)) return complainOf([result.left], terminal)
  const report = result.right
  const isAlone = models.length === 1
  if (flags.quiet !== true || !report.asExpected) {
    const names = models.map(({ model }) => model.name)
    terminal.print(resultLine(report, nameColumn(names, terminal.width), terminal.colours))
    if (isAlone && flags.quiet !== true) terminal.print(resultDetails(report, terminal.width).join('\n'))
  }
  const form = formFor(report, flags, isAlone)
  if (report.trace !== null && form !== null) terminal.print(`\n${renderTrace(report.trace, form, terminal)}\n`)
}

const reportsOf = (outcomes: ReadonlyArray<Outcome>): ReadonlyArray<Report> =>
  outcomes.flatMap(({ result }) => (either.isRight(result) ? [result.right] : []))

const problemsOf = (outcomes: ReadonlyArray<Outcome>): ReadonlyArray<Problem> =>
  outcomes.flatMap(({ result }) => (either.isLeft(result) ? [result.left] : []))

/** How to see the counterexamples that were kept back. */
const hint = (
  reports: ReadonlyArray<Report>,
  paths: ReadonlyArray<string>,
  flags: CheckFlags
): ReadonlyArray<string> => {
  const [first] = reports.filter((report) => report.trace !== null && formFor(report, flags, false) === null)
  if (first === undefined) return []
  const parameters = Object.entries(flags.param ?? {}).flatMap(([name, value]) => ['--param', `${name}=${value}`])
  return [`a counterexample is shown by: quorate check ${[...paths, ...parameters, '--only', first.model].join(' ')}`]
}

/** Says what came of all of them. */
const summarize = (
  outcomes: ReadonlyArray<Outcome>,
  models: ReadonlyArray<LoadedModel>,
  paths: ReadonlyArray<string>,
  flags: CheckFlags,
  isInterrupted: boolean,
  seconds: number,
  terminal: Terminal
): void => {
  const reports = reportsOf(outcomes)
  const failed = problemsOf(outcomes).length
  const left = models.length - outcomes.length
  const others = [
    ...(failed > 0 ? [`${counted(failed, 'model')} could not be checked`] : []),
    ...(isInterrupted ? [left === 0 ? 'interrupted' : `interrupted, with ${counted(left, 'model')} not begun`] : [])
  ]
  if (models.length === 1 && others.length === 0) return
  if (flags.quiet !== true && reports.length > 0) {
    terminal.print(`\n${verdictTable(reports, terminal.width, terminal.colours).join('\n')}\n`)
    const notes = [...uncoveredRules(reports).map(sayUncovered), ...hint(reports, paths, flags)]
    if (notes.length > 0) terminal.print(`${notes.join('\n')}\n`)
  }
  terminal.print(lastLine(reports, others, seconds, terminal.colours))
}

const statusOf = (
  outcomes: ReadonlyArray<Outcome>,
  problems: ReadonlyArray<Problem>,
  isInterrupted: boolean
): number =>
  isInterrupted
    ? exitStatus.interrupted
    : problems.length > 0
      ? exitStatus.wrongInput
      : reportsOf(outcomes).every(({ asExpected }) => asExpected)
        ? exitStatus.asExpected
        : exitStatus.unexpected

/** @returns the exit status */
export const checkCommand = async (
  paths: ReadonlyArray<string>,
  flags: CheckFlags,
  terminal: Terminal
): Promise<number> => {
  const models = await prepare(paths, flags)
  if (either.isLeft(models)) {
    if (flags.json === true) terminal.print(jsonText(problemDocument(models.left)))
    else complainOf(models.left, terminal)
    return exitStatus.wrongInput
  }
  const signal = interruption()
  const unwritten: Problem[] = []
  // Standard output is for the document alone.
  const prints = flags.json === true ? { prints: process.stderr } : {}
  const started = performance.now()
  const outcomes = await checkAll(models.right, { ...limitsOf(flags), ...prints }, signal, terminal, (outcome) => {
    if (flags.json !== true) tell(outcome, models.right, flags, terminal)
    const written = writeTrace(flags.traceDir, outcome)
    if (either.isLeft(written)) unwritten.push(written.left)
    else if (written.right !== null && flags.json !== true && flags.quiet !== true)
      terminal.print(`    trace written to ${written.right}`)
  })
  if (flags.json === true) terminal.print(jsonText(checkDocument(outcomes, unwritten, signal.aborted)))
  else {
    const seconds = (performance.now() - started) / 1000
    summarize(outcomes, models.right, paths, flags, signal.aborted, seconds, terminal)
    complainOf(unwritten, terminal)
  }
  return statusOf(outcomes, [...problemsOf(outcomes), ...unwritten], signal.aborted)
}
