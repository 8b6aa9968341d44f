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
import { sameData } from '../../model/data.ts'
import { atBorder, refuse, type Problem } from '../../model/problem.ts'
import { checkOf } from './check.ts'
import type { AnswerLine, Recording, StepLine } from './lines.ts'

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

/** What a recording tells, step by step. */
export type Told =
  /** The state that it goes on from, where it does not begin with the process. */
  | { readonly type: 'from'; readonly state: P['state'] }
  | { readonly type: 'step'; readonly step: ReplayedStep }
  | { readonly type: 'answer'; readonly line: AnswerLine }
  | { readonly type: 'end'; readonly isOrderly: boolean }

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

/** What a replay may be told. */
export interface Replaying {
  /** The state that the file before this one ended in; undefined where there is none. */
  readonly before?: P['state']
  /** What to go on with in place of a state and the one before it: the same data, which may share more. */
  readonly shared?: (state: P['state'], before: P['state']) => P['state']
}

/**
 * Replays a recording as it is read. Nothing of it is kept here, however long it is.
 *
 * @throws Refusal Q721 for a line that is none, Q722 where it is not of this protocol, Q723 for the first step that
 *   differs, with its line, and where it goes on from another state than the file before it ended in
 */
export const replaying = function* (
  protocol: Protocol<P>,
  { name, head, lines }: Recording,
  { before: ended, shared = (state) => state }: Replaying = {}
): Generator<Told, void> {
  const { node, nodes, config } = head
  const self: Self<P> = { id: node, nodes, config }
  if (head.protocol !== protocol.name || head.wireVersion !== protocol.wireVersion)
    refuse(
      'Q722',
      `it is of ${head.protocol}, wire version ${head.wireVersion}, and this is ${protocol.name}, ${protocol.wireVersion}`,
      [name]
    )

  let state: P['state']
  for (const [number, line] of lines()) {
    const differs: (what: string) => never = (what) => refuse('Q723', what, [name, `line ${number}`])
    if (line.is === 'state') {
      if (ended !== undefined && !sameData(ended, line.state))
        differs('it goes on from another state than the file before it ended in')
      state = ended ?? line.state
      yield { type: 'from', state }
    } else if (line.is === 'step') {
      const stepping = steppingOf(protocol, self, line)
      if (either.isLeft(stepping)) differs(`its ${line.event.type} does not decode: ${stepping.left}`)
      const stepped = either.tryCatch(
        () => stepping.right(state),
        (error) => (error instanceof Error ? error.message : String(error))
      )
      if (either.isLeft(stepped)) differs(`rule "${line.rule}" fired, and now the reducer throws: ${stepped.left}`)
      const [event, { rule, state: next, effects }] = stepped.right
      if (rule !== line.rule) differs(`rule "${line.rule}" fired, and now it is "${String(rule)}"`)
      if (line.check !== null && line.check !== checkOf(effects)) differs(`rule "${line.rule}" has other effects now`)
      const before: P['state'] = state
      state = shared(next, before)
      yield { type: 'step', step: { number, line, before, state, effects, event } }
    } else if (line.is === 'answer') yield { type: 'answer', line }
    else {
      if (line.check !== checkOf(state ?? null)) differs('the last state is another one now')
      yield { type: 'end', isOrderly: line.orderly }
    }
  }
}

/**
 * Replays a recording, and keeps all of it.
 *
 * @returns Q721 to Q723, as {@link replaying}
 */
export const replayRecording = (
  protocol: Protocol<P>,
  recording: Recording
): either.Either<Problem, ReplayedRecording> =>
  atBorder(() => {
    const steps: ReplayedStep[] = []
    let from: P['state']
    let end: ReplayedRecording['end'] = null
    for (const told of replaying(protocol, recording))
      if (told.type === 'step') steps.push(told.step)
      else if (told.type === 'from') from = told.state
      else if (told.type === 'end') end = told.isOrderly ? 'orderly' : 'failed'
    return either.right({ steps, from, checked: steps.filter(({ line }) => line.check !== null).length, end })
  })
