/** Problems, and the exit statuses that follow from them. */
import { codes, explain, type Problem } from '../model/problem.ts'
import type { Colours, Terminal } from './terminal.ts'

export const exitStatus = {
  /** Every verdict is the one expected; a replayed trace still shows what it says. */
  asExpected: 0,
  /** One is not. */
  unexpected: 1,
  /** The input is wrong. */
  wrongInput: 2,
  /** Something was thrown that should not have been: `EX_SOFTWARE` of sysexits. */
  bug: 70,
  /** Ended by Ctrl-C, as shells have it: 128 + 2. */
  interrupted: 130
} as const

export const problemText = (found: Problem, colours: Colours): string => {
  const text = explain(found)
  return colours.bold(colours.red(text.slice(0, found.code.length))) + text.slice(found.code.length)
}

/** A problem in a JSON document. */
export const problemJson = (found: Problem) => ({ ...found, mend: codes[found.code].mend })

/** Tells all problems, on standard error. */
export const complainOf = (problems: ReadonlyArray<Problem>, terminal: Terminal): void =>
  problems.forEach((found) => terminal.complain(problemText(found, terminal.errorColours)))
