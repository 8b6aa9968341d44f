/** `quorate judge`: has a recorded history the property it is meant to have? */
import { writeFileSync } from 'node:fs'
import { either } from 'fp-ts'
import { hasInitial, type AnyJudge, type AnyVerdict, type JudgeOptions } from '../../consistency/judges.ts'
import { timelineHtml, timelineSvg } from '../../consistency/timeline/index.ts'
import { problem, type Problem } from '../../model/problem.ts'
import { jsonText } from '../document.ts'
import { judgeDocument, refusedDocument, type Judgement } from '../judge-document.ts'
import type { JudgeFlags } from '../judge-flags.ts'
import { readHistory, type Input } from '../judge-input.ts'
import { judgesNamed, judgeTable } from '../judge-names.ts'
import { inputLine, judgementText } from '../judge-words.ts'
import { complainOf, exitStatus } from '../problems.ts'
import type { Terminal } from '../terminal.ts'

type Attempt<A> = either.Either<ReadonlyArray<Problem>, A>

const misuse = (what: string): Attempt<never> => either.left([problem('Q501', what)])

const optionsOf = ({ initial, visits, keys }: JudgeFlags): JudgeOptions => ({
  ...(initial === undefined ? {} : { initial: initial.value }),
  ...(visits === undefined ? {} : { visits }),
  ...(keys === undefined ? {} : { keys })
})

const judgesOf = (flags: JudgeFlags): Attempt<ReadonlyArray<AnyJudge>> => {
  const { as: names = [], initial, keys } = flags
  if (names.length === 0) return misuse('say what to judge the history as, with --as')
  const judges = judgesNamed(names, optionsOf(flags))
  if (either.isLeft(judges)) return judges
  if (initial !== undefined && !names.some(hasInitial))
    return misuse('--initial is what registers hold at first, and none of these judges knows registers')
  if (keys !== undefined && !names.some((name) => name.startsWith('isolation:')))
    return misuse('--keys is an assumption for judges of isolation, and none is asked for')
  return judges
}

/** What a judge refuses is wrong with the history, not with this program: Q607, say. */
const judged = ({ name, judge }: AnyJudge, { file, history }: Input): either.Either<Problem, Judgement> => {
  const start = performance.now()
  return either.bimap(
    (found: Problem): Problem => ({ ...found, where: [file, `judge ${name}`, ...found.where] }),
    (verdict: AnyVerdict): Judgement => ({ name, verdict, seconds: Math.round(performance.now() - start) / 1000 })
  )(judge(history))
}

/** @returns Q502 if the file cannot be written */
const writePicture = (
  file: string,
  input: Input,
  judgements: ReadonlyArray<Judgement>
): either.Either<Problem, string> => {
  const title = input.file === '-' ? 'a history' : input.file
  const text = /\.svg$/i.test(file)
    ? timelineSvg(input.calls, judgements)
    : timelineHtml(title, input.calls, judgements)
  return either.tryCatch(
    () => {
      writeFileSync(file, text)
      return file
    },
    (error) => problem('Q502', error instanceof Error ? error.message : String(error))
  )
}

const judgeInput = (
  input: Input,
  judges: ReadonlyArray<AnyJudge>,
  { timeline, json }: JudgeFlags,
  terminal: Terminal
): number => {
  if (json !== true) terminal.print(inputLine(input))
  const results = judges.map((judge) => {
    const result = judged(judge, input)
    if (json !== true && either.isRight(result)) terminal.print(judgementText(result.right, terminal.colours))
    return result
  })
  const judgements = results.flatMap((result) => (either.isRight(result) ? [result.right] : []))
  const written = timeline === undefined || judgements.length === 0 ? null : writePicture(timeline, input, judgements)
  const problems = [...results, ...(written === null ? [] : [written])].flatMap((result) =>
    either.isLeft(result) ? [result.left] : []
  )
  const picture = written !== null && either.isRight(written) ? written.right : null
  if (json === true) terminal.print(jsonText(judgeDocument(input, judgements, problems, picture)))
  else {
    if (picture !== null) terminal.print(`timeline written to ${picture}`)
    complainOf(problems, terminal)
  }
  if (problems.length > 0) return exitStatus.wrongInput
  return judgements.every(({ verdict }) => verdict.verdict === 'ok') ? exitStatus.asExpected : exitStatus.unexpected
}

/** @returns the exit status: 0 if every verdict is ok, 1 if one is a violation or unknown */
export const judgeCommand = (file: string | undefined, flags: JudgeFlags, terminal: Terminal): number => {
  if (flags.list === true) {
    terminal.print(judgeTable(terminal.width).join('\n'))
    return exitStatus.asExpected
  }
  const refuse = (problems: ReadonlyArray<Problem>): number => {
    if (flags.json === true) terminal.print(jsonText(refusedDocument(problems)))
    else complainOf(problems, terminal)
    return exitStatus.wrongInput
  }
  const judges = judgesOf(flags)
  if (either.isLeft(judges)) {
    const status = refuse(judges.left)
    // Whoever mistyped a judge wants to see which there are; a program that asked for JSON has the problems.
    if (flags.json !== true && judges.left.some(({ where }) => where.includes('--as')))
      terminal.complain(`\n${judgeTable(terminal.width).join('\n')}`)
    return status
  }
  if (file === undefined) return refuse([problem('Q501', 'name the history to judge, or - for standard input')])
  const input = readHistory(file, flags.format)
  return either.isLeft(input) ? refuse([input.left]) : judgeInput(input.right, judges.right, flags, terminal)
}
