/** What `quorate check --json` prints. */
import { either } from 'fp-ts'
import type { Report } from '../checker/report.ts'
import type { Problem } from '../model/problem.ts'
import type { Outcome } from './run.ts'
import { problemJson } from './problems.ts'

// The fields up to `trace` are the contract, in its order; what comes after them may grow.
const modelJson = ({ file, parameters }: Outcome['loaded'], report: Report) => ({
  name: report.model,
  file,
  protocol: report.protocol,
  verdict: report.verdict,
  expected: report.expected.verdict,
  asExpected: report.asExpected,
  property: report.property,
  states: report.states,
  transitions: report.transitions,
  depth: report.depth,
  seconds: report.seconds,
  reducerCalls: report.reducerCalls,
  complete: report.complete,
  reductions: report.reductions,
  rules: report.rules,
  trace: report.trace,
  expectedProperty: report.expected.property,
  parameters,
  assumption: report.assumption,
  limit: report.limit,
  neededBytes: report.neededBytes,
  outside: report.outside,
  outsideBy: report.outsideBy,
  levels: report.levels,
  passes: report.passes,
  reduced: report.reduced,
  evaluations: report.evaluations,
  bytesPerState: report.bytesPerState,
  peakBytes: report.peakBytes,
  threads: report.threads,
  histories: report.histories,
  profile: report.profile
})

/**
 * @param unwritten trace files that could not be written
 * @param isInterrupted whether Ctrl-C ended the run, so that models may be missing
 */
export const checkDocument = (
  outcomes: ReadonlyArray<Outcome>,
  unwritten: ReadonlyArray<Problem>,
  isInterrupted: boolean
) => {
  const models = outcomes.flatMap(({ loaded, result }) =>
    either.isRight(result) ? [modelJson(loaded, result.right)] : []
  )
  const unchecked = outcomes.flatMap(({ result }) => (either.isLeft(result) ? [result.left] : []))
  const problems = [...unchecked, ...unwritten].map(problemJson)
  return {
    ok: !isInterrupted && problems.length === 0 && models.every(({ asExpected }) => asExpected),
    models,
    ...(problems.length > 0 ? { problems } : {}),
    ...(isInterrupted ? { interrupted: true } : {})
  }
}

/** The document of a run whose input was wrong. */
export const problemDocument = (problems: ReadonlyArray<Problem>) => ({
  ok: false,
  models: [],
  problems: problems.map(problemJson)
})

export const jsonText = (document: unknown): string => JSON.stringify(document, null, 2)
