/** A verdict in words. */
import type { Report } from '../checker/report.ts'
import type { Colours } from './terminal.ts'

type Said = Report['expected']

/** `holds`, `violated agreement`, `deadlock`. */
export const sayVerdict = ({ verdict, property }: Said): string =>
  property === null ? verdict : `${verdict} ${property}`

/** Green what is as expected, red what is not, yellow what did not get to an answer. */
export const paintOf = ({ asExpected, verdict }: Report, colours: Colours): ((text: string) => string) =>
  asExpected ? colours.green : verdict === 'incomplete' ? colours.yellow : colours.red

export const markOf = ({ asExpected }: Pick<Report, 'asExpected'>): string => (asExpected ? '✓' : '✗')
