/** The answers behind the matchers: whether a model passes, and what to say of it. */
import { either } from 'fp-ts'
import { check } from '../checker/check.ts'
import type { CheckOptions, Report } from '../checker/report.ts'
import { explain } from '../model/problem.ts'
import { replay } from '../trace/replay.ts'
import { retry } from '../trace/retry.ts'
import { renderText } from '../trace/text.ts'
import type { Trace } from '../trace/trace.ts'
import { sayEnd } from '../trace/words.ts'
import { demand, modelOf, traceOf, validFor, type AnyModel, type GivenTrace } from './subject.ts'

/** What jest wants to hear of a matcher. */
export interface Answer {
  readonly pass: boolean
  readonly message: () => string
}

/** The message is said when the test fails: of a matcher that passes, when it is negated. */
const answer = (pass: boolean, ...paragraphs: ReadonlyArray<string>): Answer => ({
  pass,
  message: () => paragraphs.join('\n\n')
})

const told = (trace: Trace): string => `the trace:\n${renderText(trace)}`

const counted = (steps: number): string => `${steps} step${steps === 1 ? '' : 's'}`

export const answerReplay = (model: AnyModel, given: GivenTrace): Answer => {
  const trace = traceOf(given)
  const replayed = replay(validFor(model, trace), trace)
  if (either.isLeft(replayed)) {
    if (replayed.left.code !== 'Q404') demand(replayed)
    return answer(false, 'the trace does not apply to the model any more', explain(replayed.left), told(trace))
  }
  const all = `all ${counted(trace.steps.length)} still go as recorded`
  const end = sayEnd(trace)
  return replayed.right.stillShows
    ? answer(true, end === '' ? all : `${all}, and the run still shows: ${end}`, told(trace))
    : answer(false, `${all}, but the run no longer shows: ${end}`, told(trace))
}

export const answerWithstand = (model: AnyModel, given: GivenTrace): Answer => {
  const trace = traceOf(given)
  const end = sayEnd(trace)
  if (end === '') throw new Error('this trace shows nothing that a model could withstand')
  const { steps, stopped, shownAfter } = demand(retry(validFor(model, trace), trace))
  if (shownAfter !== null)
    return answer(false, `the same actions still show, after ${counted(shownAfter)}: ${end}`, told(trace))
  return stopped === null
    ? answer(true, `all ${counted(steps)} can happen, and the run nowhere shows: ${end}`, told(trace))
    : answer(true, `after ${counted(steps)}, the run cannot go on, and nowhere shows: ${end}`, explain(stopped))
}

const sayVerdict = ({ model, verdict, property, limit, states, depth }: Report): string => {
  const searched = `(${states} states, depth ${depth})`
  const what = property === null ? verdict : `${verdict}: ${property}`
  return `${model} ${limit === null ? what : `${what}, ended by ${limit}`} ${searched}`
}

export const answerHold = async (model: AnyModel, options: CheckOptions = {}): Promise<Answer> => {
  const report = demand(await check(modelOf(model, {}), options))
  const { trace } = report
  return answer(report.verdict === 'holds', sayVerdict(report), ...(trace === null ? [] : [told(trace)]))
}
