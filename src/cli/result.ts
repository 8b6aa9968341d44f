/** What is said of one model as soon as its check has ended. */
import { match } from 'ts-pattern'
import type { Reduction, Report } from '../checker/report.ts'
import { bytes, count, counted, duration, rounded } from './numbers.ts'
import { profileLines } from './profile.ts'
import { sparkline } from './sparkline.ts'
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

/** How many states were left where they were, by each bound. */
const bounded = ({ outsideBy: { depth, node }, depth: deepest }: Report): ReadonlyArray<string> => {
  const said = [
    ...(depth > 0 ? [`${counted(depth, 'state')} at the depth bound, ${deepest}`] : []),
    ...(node > 0 ? [`${counted(node, 'state')} outside the node bound`] : [])
  ]
  return said.length > 0 ? [`bounds: ${said.join('; ')}: judged, not expanded`] : []
}

const sayReduced = ({ reduced }: Report, name: Reduction): string => {
  const found = reduced.find((each) => each.name === name)
  if (name === 'idle-partitions') return `${name} (on this network a partition is a delay: it adds nothing)`
  if (found === undefined) return name
  return match(found)
    .with(
      { name: 'dead-messages' },
      ({ dead, of }) => `${name} (${count(dead)} of ${count(of)} pairs of state and message)`
    )
    .with(
      { name: 'silent-steps' },
      ({ silent, of }) => `${name} (${count(silent)} of ${count(of)} pairs of state and message)`
    )
    .with({ name: 'symmetry' }, ({ orbit }) => `${name} (up to ${counted(orbit, 'state')} in one)`)
    .exhaustive()
}

/** Columns that a sparkline takes at most. */
const widest = 60

const levelsLine = ({ levels }: Report, width: number): string => {
  const most = levels.reduce((largest, size) => Math.max(largest, size), 0)
  const ends = ['levels: ', ` at most ${count(most)} at depth ${levels.indexOf(most)}`] as const
  const room = width - ends[0].length - ends[1].length
  return room >= Math.min(levels.length, 8)
    ? `${ends[0]}${sparkline(levels, Math.min(widest, room))}${ends[1]}`
    : `${ends[0]}${sparkline(levels, width - ends[0].length)}`
}

/** States from which on it is worth saying where they come from. */
const large = 10_000

const indent = '    '

/**
 * Everything there is to say of a model that was checked alone, below its line.
 *
 * @param width columns of the terminal; may be infinite
 */
export const resultDetails = (report: Report, width: number): ReadonlyArray<string> => {
  const { rules, reductions, passes, profile, states } = report
  const inPasses = passes > 1 ? `, in ${passes} passes` : ''
  const together = report.threads > 1 ? `, ${report.threads} threads` : ''
  const room = width - indent.length
  const evaluated = Object.entries(report.evaluations).map(([name, times]) => `${name} ${count(times)}`)
  return [
    `${counted(report.transitions, 'transition')}, depth ${report.depth}, ${count(report.reducerCalls)} reducer calls`,
    `${rounded(states / report.seconds)} states/s, ${bytes(report.bytesPerState)} per state, peak memory ${bytes(report.peakBytes)}${together}`,
    levelsLine(report, room),
    ...bounded(report),
    `evaluations: ${listed(evaluated)}`,
    ...carried(report),
    `reductions: ${listed(reductions.map((name) => sayReduced(report, name)))}${inPasses}`,
    `rules: ${rules.fired.length} fired, never: ${listed(rules.never)}`,
    ...(profile !== null && (states >= large || report.verdict === 'incomplete') ? profileLines(profile, room) : [])
  ].map((line) => `${indent}${line}`)
}
