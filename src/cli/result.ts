/** What is said of one model as soon as its check has ended. */
import type { Report } from '../checker/report.ts'
import { bytes, count, counted, duration } from './numbers.ts'
import type { Colours } from './terminal.ts'
import { markOf, paintOf, sayVerdict } from './verdict.ts'

const surprise = (report: Report): string => (report.asExpected ? '' : `, expected: ${sayVerdict(report.expected)}`)

const stopped = ({ limit }: Report): string => (limit === null ? '' : `, stopped: ${limit}`)

/** Columns that the rest of a line commonly takes. */
const restWidth = 40

/** The width of a column for these names; 0, for no column, where the terminal is too narrow for one. */
export const nameColumn = (names: ReadonlyArray<string>, width: number): number => {
  const longest = Math.max(...names.map((name) => name.length))
  return longest + restWidth <= width ? longest : 0
}

/**
 * One line.
 *
 * @param nameWidth what names are filled up to
 */
export const resultLine = (report: Report, nameWidth: number, colours: Colours): string => {
  const verdict = paintOf(report, colours)(`${sayVerdict(report)}${surprise(report)}`)
  const size = colours.dim(`${counted(report.states, 'state')}${stopped(report)}, ${duration(report.seconds)}`)
  return `${paintOf(report, colours)(markOf(report))} ${report.model.padEnd(nameWidth)}  ${verdict}  ${size}`
}

const listed = (names: ReadonlyArray<string>): string => (names.length === 0 ? 'none' : names.join(', '))

/** Such as `histories: linearizable 49 contents; without them 88,189 states, 1.3 times fewer`. */
const carried = ({ histories, states }: Report): ReadonlyArray<string> => {
  if (histories === null) return []
  const contents = Object.entries(histories.contents).map(([name, met]) => `${name} ${counted(met, 'content')}`)
  const times = (states / histories.statesWithout).toFixed(1)
  return [
    `histories: ${contents.join(', ')}; without them ${counted(histories.statesWithout, 'state')}, ${times} times fewer`
  ]
}

/** Everything there is to say of a model that was checked alone, below its line. */
export const resultDetails = (report: Report): ReadonlyArray<string> => {
  const { rules, reductions, passes, outside } = report
  const reduced = `${listed(reductions)}${passes > 1 ? `, in ${passes} passes` : ''}`
  return [
    `${counted(report.transitions, 'transition')}, depth ${report.depth}, ${count(report.reducerCalls)} reducer calls, ${bytes(report.bytesPerState)} per state`,
    ...(outside > 0 ? [`${counted(outside, 'state')} outside the bounds: judged, not expanded`] : []),
    `properties: ${listed(Object.keys(report.evaluations))}`,
    ...carried(report),
    `reductions: ${reduced}`,
    `rules: ${rules.fired.length} fired, never: ${listed(rules.never)}`
  ].map((line) => `    ${line}`)
}
