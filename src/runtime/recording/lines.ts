/**
 * A recording as text: JSON lines. The first says what it is of. A recording that goes on from an earlier file says next
 * in which state; then comes a line for every step, and between them what the state machine answered. The last says how
 * the node ended; it is missing where the node was killed, and the line before it may then be torn.
 */
import * as t from 'io-ts'
import { either } from 'fp-ts'
import { closed, explainErrors, Natural, NodeId, Positive } from '../../../spec/kernel/index.ts'
import { problem, Refusal, type Problem } from '../../model/problem.ts'

export const Head = closed('the head of a recording', {
  quorateRecording: t.literal(1),
  protocol: t.string,
  wireVersion: Positive,
  node: NodeId,
  nodes: t.readonlyArray(NodeId),
  config: t.unknown,
  /** Of the files that one process wrote, from 0. */
  part: Natural,
  /** Whether all that became visible was handed over before: then nothing is missing where the process was killed. */
  whole: t.boolean,
  /** When the process began, in milliseconds since 1970 by its own clock. */
  began: t.number
})
export type Head = t.TypeOf<typeof Head>

export const Event = t.union(
  [
    closed('start', { type: t.literal('start') }),
    closed('recover', { type: t.literal('recover'), durable: t.unknown }),
    closed('deliver', { type: t.literal('deliver'), from: NodeId, message: t.unknown }),
    closed('timeout', { type: t.literal('timeout'), timer: t.string }),
    closed('request', { type: t.literal('request'), id: t.string, request: t.unknown }),
    closed('snapshot', { type: t.literal('snapshot'), index: Natural, content: t.unknown })
  ],
  'an event'
)

/** Milliseconds since the process began. */
const at = t.number

export const Line = t.union(
  [
    closed('a state', { is: t.literal('state'), state: t.unknown }),
    /** `check` is of the effects, null where they were not looked at; `turn` is true on the first step of a turn. */
    closed('a step', {
      is: t.literal('step'),
      at,
      turn: t.boolean,
      event: Event,
      rule: t.string,
      check: t.union([Natural, t.null])
    }),
    closed('an answer', { is: t.literal('answer'), at, id: t.string, response: t.unknown }),
    /** `check` is of the last state. */
    closed('an end', { is: t.literal('end'), at, orderly: t.boolean, steps: Natural, check: Natural })
  ],
  'a line of a recording'
)
export type Line = t.TypeOf<typeof Line>
export type StepLine = Extract<Line, { readonly is: 'step' }>
export type AnswerLine = Extract<Line, { readonly is: 'answer' }>

/** A recording, of which the head is read. */
export interface Recording {
  /** Where it is. */
  readonly name: string
  readonly head: Head
  /**
   * Reads the lines behind the head, each when it is asked for, with its number in the file, from 2. Of a process that was
   * killed, the last line may be torn: it is left out.
   *
   * @throws Refusal Q721 for a line that is none
   */
  readonly lines: () => Iterable<readonly [number: number, line: Line]>
}

const parsed = <A>(
  codec: t.Type<A, unknown>,
  text: string,
  where: ReadonlyArray<string>
): either.Either<Problem, A> => {
  const value = either.tryCatch(
    (): unknown => JSON.parse(text),
    (error) => problem('Q721', error instanceof Error ? error.message : String(error), where)
  )
  return either.chain((json: unknown) =>
    either.mapLeft((errors: t.Errors) => problem('Q721', explainErrors(errors), where))(codec.decode(json))
  )(value)
}

/** What is whole ends in a line feed. */
const wholeLines = function* (text: string): Generator<string> {
  let start = 0
  for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', start)) {
    yield text.slice(start, end)
    start = end + 1
  }
}

const linesIn = function* (name: string, text: string): Generator<readonly [number, Line]> {
  let number = 0
  for (const line of wholeLines(text)) {
    number += 1
    if (number === 1) continue
    const read = parsed(Line, line, [name, `line ${number}`])
    if (either.isLeft(read)) throw new Refusal(read.left)
    yield [number, read.right]
  }
}

/**
 * Reads what a recording is of; its lines are read as they are asked for.
 *
 * @param textOf gives the text whenever it is wanted, so that a file need not stay in memory
 * @returns Q721 where the first line is no head
 */
export const readRecordingFrom = (name: string, textOf: () => string): either.Either<Problem, Recording> => {
  const [first = ''] = textOf().split('\n', 1)
  return either.map((head: Head): Recording => ({ name, head, lines: () => linesIn(name, textOf()) }))(
    parsed(Head, first, [name, 'line 1'])
  )
}

/** Reads a recording that is in memory. */
export const readRecording = (name: string, text: string): either.Either<Problem, Recording> =>
  readRecordingFrom(name, () => text)

/** Whether the last line of a recording ends in the middle, as where the process was killed while it wrote. */
export const isTorn = (text: string): boolean => !text.endsWith('\n')
