/** What is said at the end of a run over several models. */
import type { Report } from '../checker/report.ts'
import { count, counted, duration } from './numbers.ts'
import { table, type Column } from './table.ts'
import type { Colours } from './terminal.ts'
import { markOf, paintOf, sayVerdict } from './verdict.ts'

const columns = (colours: Colours): ReadonlyArray<Column<Report>> => {
  const paint = (text: string, report: Report) => paintOf(report, colours)(text)
  return [
    { title: 'model', text: ({ model }) => model, align: 'left', expendable: 0 },
    { title: 'protocol', text: ({ protocol }) => protocol, align: 'left', expendable: 5 },
    { title: 'verdict', text: sayVerdict, align: 'left', expendable: 0, paint },
    {
      title: 'expected',
      text: (report) => `${markOf(report)}${report.asExpected ? '' : ` ${sayVerdict(report.expected)}`}`,
      align: 'left',
      expendable: 0,
      paint
    },
    { title: 'states', text: ({ states }) => count(states), align: 'right', expendable: 1 },
    { title: 'transitions', text: ({ transitions }) => count(transitions), align: 'right', expendable: 4 },
    { title: 'depth', text: ({ depth }) => count(depth), align: 'right', expendable: 3 },
    { title: 'seconds', text: ({ seconds }) => seconds.toFixed(2), align: 'right', expendable: 2 }
  ]
}

/** All verdicts. */
export const verdictTable = (
  reports: ReadonlyArray<Report>,
  width: number,
  colours: Colours
): ReadonlyArray<string> => {
  const [titles = '', ...rows] = table(columns(colours), reports, width)
  return [colours.bold(titles), ...rows]
}

/** The rules of one protocol that fired in none of its models. */
export interface Uncovered {
  readonly protocol: string
  readonly models: number
  readonly never: ReadonlyArray<string>
}

/** Coverage over all the models of a protocol together; protocols whose rules all fired are left out. */
export const uncoveredRules = (reports: ReadonlyArray<Report>): ReadonlyArray<Uncovered> =>
  [...new Set(reports.map(({ protocol }) => protocol))]
    .map((protocol) => {
      const of = reports.filter((report) => report.protocol === protocol)
      const fired = new Set(of.flatMap(({ rules }) => rules.fired))
      const never = new Set(of.flatMap(({ rules }) => rules.never.filter((rule) => !fired.has(rule))))
      return { protocol, models: of.length, never: [...never] }
    })
    .filter(({ never }) => never.length > 0)

export const sayUncovered = ({ protocol, models, never }: Uncovered): string =>
  `rules of ${protocol} that never fired, in ${counted(models, 'model')}: ${never.join(', ')}`

/**
 * The last line: how many, how long, and which were not as expected.
 *
 * @param others what else there is to say, such as models that could not be checked
 */
export const lastLine = (
  reports: ReadonlyArray<Report>,
  others: ReadonlyArray<string>,
  seconds: number,
  colours: Colours
): string => {
  if (reports.length === 0) return colours.red(others.join('; '))
  const surprising = reports.filter(({ asExpected }) => !asExpected).map(({ model }) => model)
  const good = reports.length - surprising.length
  const isGood = surprising.length === 0 && others.length === 0
  const said = [
    `${isGood ? 'all' : good} as expected`,
    ...(surprising.length > 0 ? [`not as expected: ${surprising.join(', ')}`] : []),
    ...others
  ]
  return (isGood ? colours.green : colours.red)(
    `${counted(reports.length, 'model')} in ${duration(seconds)}: ${said.join('; ')}`
  )
}
