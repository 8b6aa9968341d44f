/**
 * A recording as text: JSON lines. The first says what it is of. A recording that goes on from an earlier file says next
 * in which state; then comes a line for every step, and between them what the state machine answered. The last says how
 * the node ended; it is missing where the node was killed, and the line before it may then be torn.
 */
import * as t from 'io-ts'
import { either } from 'fp-ts'
import { closed, explainErrors, Natural, NodeId, Positive } from '../../../spec/kernel/index.ts'
import { problem, type Problem } from '../../model/problem.ts'

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

/** A recording, read. */
export interface Recording {
  /** Where it was read. */
  readonly name: string
  readonly head: Head
  /** Each with its number in the file, from 2. */
  readonly lines: ReadonlyArray<readonly [number: number, line: Line]>
  /** Whether the last line ends in the middle. */
  readonly isTorn: boolean
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

/**
 * Reads a recording. Of a process that was killed, the last line may be torn: it is left out.
 *
 * @returns Q721 for a line that is none
 */
export const readRecording = (name: string, text: string): either.Either<Problem, Recording> => {
  const [first = '', ...rest] = text.split('\n')
  // What is whole ends in a line feed, so the last piece is empty or torn.
  const isTorn = (rest.at(-1) ?? '') !== ''
  const head = parsed(Head, first, [name, 'line 1'])
  if (either.isLeft(head)) return head
  const lines: Array<readonly [number, Line]> = []
  for (const [index, line] of rest.slice(0, -1).entries()) {
    const read = parsed(Line, line, [name, `line ${index + 2}`])
    if (either.isLeft(read)) return read
    lines.push([index + 2, read.right])
  }
  return either.right({ name, head: head.right, lines, isTorn })
}
