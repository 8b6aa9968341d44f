/** Runs a recording through the reducers again, and compares every step: what ran is what was checked. */
import { either } from 'fp-ts'
import type * as t from 'io-ts'
import {
  explainErrors,
  type AnySignature,
  type Effect,
  type Event,
  type Protocol,
  type Self,
  type Step
} from '../../../spec/kernel/index.ts'
import { problem, type Problem } from '../../model/problem.ts'
import { checkOf } from './check.ts'
import type { Recording, StepLine } from './lines.ts'

type P = AnySignature

/** A step that was taken again. */
export interface ReplayedStep {
  /** Of the line. */
  readonly number: number
  readonly line: StepLine
  /** Undefined before the first step of a node. */
  readonly before: P['state']
  readonly state: P['state']
  readonly effects: ReadonlyArray<Effect<P>>
  /** Decoded; null for the first step of a process. */
  readonly event: Event<P> | null
}

/** A recording, replayed. */
export interface ReplayedRecording {
  readonly steps: ReadonlyArray<ReplayedStep>
  /** The state that the recording says it goes on from; undefined for one that begins with the node. */
  readonly from: P['state']
  /** How many steps had their effects compared. */
  readonly checked: number
  /** How the node ended; null where it was killed, or the recording goes on in another file. */
  readonly end: 'orderly' | 'failed' | null
}

const decodedWith = <A>(codec: t.Type<A, unknown> | undefined, value: unknown): either.Either<string, A> =>
  codec === undefined
    ? either.left('the protocol has none such')
    : either.mapLeft((errors: t.Errors) => explainErrors(errors))(codec.decode(value))

type Stepping = (state: P['state']) => readonly [Event<P> | null, Step<P>]

/** What an event of a recording has the reducer do. */
const steppingOf = (protocol: Protocol<P>, self: Self<P>, { event }: StepLine): either.Either<string, Stepping> => {
  const { codecs } = protocol
  const stepping =
    (happened: Event<P>): Stepping =>
    (state) => [happened, protocol.step(self, state, happened)]
  if (event.type === 'start') return either.right(() => [null, protocol.initial(self)])
  if (event.type === 'timeout') return either.right(stepping({ type: 'timeout', timer: event.timer }))
  if (event.type === 'recover')
    return either.map((durable: unknown): Stepping => () => [null, protocol.recover(self, durable)])(
      decodedWith(codecs.durable, event.durable)
    )
  if (event.type === 'deliver')
    return either.map((message: unknown) => stepping({ type: 'deliver', from: event.from, message }))(
      decodedWith(codecs.message, event.message)
    )
  if (event.type === 'request')
    return either.map((request: unknown) => stepping({ type: 'request', id: event.id, request }))(
      decodedWith(codecs.request, event.request)
    )
  return either.map((content: unknown) => stepping({ type: 'snapshot', index: event.index, content }))(
    decodedWith(codecs.content, event.content)
  )
}

/**
 * Replays a recording.
 *
 * @returns Q722 where it is not of this protocol, Q723 for the first step that differs, with its line
 */
export const replayRecording = (
  protocol: Protocol<P>,
  { name, head, lines }: Recording
): either.Either<Problem, ReplayedRecording> => {
  const { node, nodes, config } = head
  const self: Self<P> = { id: node, nodes, config }
  const differs = (number: number, what: string) => either.left(problem('Q723', what, [name, `line ${number}`]))
  if (head.protocol !== protocol.name || head.wireVersion !== protocol.wireVersion)
    return either.left(
      problem(
        'Q722',
        `it is of ${head.protocol}, wire version ${head.wireVersion}, and this is ${protocol.name}, ${protocol.wireVersion}`,
        [name]
      )
    )

  const steps: ReplayedStep[] = []
  let from: P['state']
  let state: P['state']
  let checked = 0
  let end: ReplayedRecording['end'] = null
  for (const [number, line] of lines) {
    if (line.is === 'state') {
      from = line.state
      state = line.state
    } else if (line.is === 'step') {
      const stepping = steppingOf(protocol, self, line)
      if (either.isLeft(stepping)) return differs(number, `its ${line.event.type} does not decode: ${stepping.left}`)
      const stepped = either.tryCatch(
        () => stepping.right(state),
        (error) => (error instanceof Error ? error.message : String(error))
      )
      if (either.isLeft(stepped))
        return differs(number, `rule "${line.rule}" fired, and now the reducer throws: ${stepped.left}`)
      const [event, step] = stepped.right
      if (step.rule !== line.rule)
        return differs(number, `rule "${line.rule}" fired, and now it is "${String(step.rule)}"`)
      if (line.check !== null) {
        checked += 1
        if (line.check !== checkOf(step.effects)) return differs(number, `rule "${line.rule}" has other effects now`)
      }
      steps.push({ number, line, before: state, state: step.state, effects: step.effects, event })
      state = step.state
    } else if (line.is === 'end') {
      end = line.orderly ? 'orderly' : 'failed'
      if (line.check !== checkOf(state ?? null)) return differs(number, 'the last state is another one now')
    }
  }
  return either.right({ steps, from, checked, end })
}
