/** From a list of actions to a trace: the actions happen, one after the other, in the plain semantics of the model. */
import { either } from 'fp-ts'
import type { Action } from '../model/action.ts'
import { canonical } from '../model/data.ts'
import type { Letter } from '../model/inbox.ts'
import { start } from '../model/local.ts'
import { atBorder, problem, type Problem } from '../model/problem.ts'
import { positionOf, type ValidModel } from '../model/valid.ts'
import { initialWorld, keyOf, moves, type Move, type World } from '../model/world.ts'
import { explanationOf } from './explanation.ts'
import { follow, isUnseen, type Followed } from './follow.ts'
import { traceVersion, type Trace, type TraceStart, type TraceStep } from './trace.ts'
import { sayAction } from './words.ts'

export interface About {
  readonly shows: Trace['shows']
  readonly property: string | null
  readonly origin: { readonly file: string; readonly parameters: Readonly<Record<string, unknown>> } | null
  /**
   * The actions come from a search that dropped dead messages, which the plain semantics still has in flight: put the
   * deliveries of these in between where they stand in the way. They are ignored; one that is not is our bug.
   */
  readonly fill?: boolean
}

type OfLetter = Extract<Action, { readonly from: string }>

/** A run so far. */
interface Run {
  readonly world: World
  readonly followed: ReadonlyArray<Followed>
  /** Losses and duplications that wait until the dead messages before theirs can be delivered. */
  readonly owed: ReadonlyArray<OfLetter>
}

/** The first step of every node, as a trace has it. */
export const startsOf = (valid: ValidModel): ReadonlyArray<TraceStart> =>
  valid.ids.map((node, position) => ({ node, ...start(valid, position) }))

/** A step as a trace has it. */
export const stepOf = ({ move, lost }: Followed): TraceStep => ({
  action: move.action,
  rule: move.deed?.outcome.rule ?? null,
  effects: move.deed?.outcome.effects ?? [],
  lost,
  after: move.deed?.outcome.after ?? null
})

const went = (run: Run, followed: Followed): Run => ({
  ...run,
  world: followed.move.next,
  followed: [...run.followed, followed]
})

const isOfLetter = (action: Action): action is OfLetter =>
  action.type === 'deliver' || action.type === 'lose' || action.type === 'duplicate'

const isOnLink =
  ({ node, from }: OfLetter) =>
  (other: OfLetter): boolean =>
    other.node === node && other.from === from

/** The letters before the one that `action` wants, in its queue. */
const inTheWay = (valid: ValidModel, world: World, action: OfLetter): ReadonlyArray<Letter> => {
  const queue = (world.flight[positionOf(valid, action.node)] ?? []).filter(({ from }) => from === action.from)
  const wanted = queue.findIndex(({ message }) => canonical(message) === canonical(action.message))
  return queue.slice(0, Math.max(0, wanted))
}

/** Delivers the dead letters that stand in the way of `action`; undefined if they cannot be delivered now. */
const cleared = (valid: ValidModel, run: Run, action: OfLetter): Run | undefined =>
  inTheWay(valid, run.world, action).reduce<Run | undefined>((so, letter) => {
    if (so === undefined) return undefined
    const delivery: Action = { type: 'deliver', node: action.node, ...letter, crash: null }
    const followed = follow(valid, so.world, delivery)
    if (either.isLeft(followed)) return undefined
    if (!isUnseen(followed.right)) throw new Error(`a message that was dropped as dead matters: ${sayAction(delivery)}`)
    return went(so, followed.right)
  }, run)

const takeFilled = (valid: ValidModel, run: Run, action: Action): either.Either<string, Run> => {
  if (!isOfLetter(action)) return take(valid, run, action)
  const way = cleared(valid, run, action)
  // A node that is down, or behind a partition, takes nothing: nobody can tell a loss from the same loss later.
  if (way === undefined && action.type !== 'deliver') return either.right({ ...run, owed: [...run.owed, action] })
  return take(valid, way ?? run, action)
}

const take = (valid: ValidModel, run: Run, action: Action): either.Either<string, Run> =>
  either.map((followed: Followed) => went(run, followed))(follow(valid, run.world, action))

/** With the actions on the same link that are owed, first. */
const takeOwedAnd = (valid: ValidModel, run: Run, action: Action): either.Either<string, Run> => {
  if (!isOfLetter(action)) return take(valid, run, action)
  const due = run.owed.filter(isOnLink(action))
  const others = run.owed.filter((owed) => !due.includes(owed))
  return [...due, action].reduce<either.Either<string, Run>>(
    (so, next) => either.chain((reached: Run) => takeFilled(valid, reached, next))(so),
    either.right({ ...run, owed: others })
  )
}

const aboutLetters = ['deliver', 'lose', 'duplicate']

/**
 * Lets happen whatever only uses up messages, or only sends some: a search that drops the dead ones is at its end before they are gone, and before
 * the last have been sent.
 */
const drained = (valid: ValidModel, run: Run): Run => {
  const here = keyOf(run.world)
  const others = canonical({ ...run.world, flight: [] })
  const isIdle = (move: Move): boolean =>
    keyOf(move.next) !== here &&
    (isUnseen({ before: run.world, move }) || canonical({ ...move.next, flight: [] }) === others)
  const possible = moves(valid, run.world).filter(isIdle)
  const [next] = [
    ...aboutLetters.flatMap((type) => possible.filter(({ action }) => action.type === type)),
    ...possible.filter(({ deed }) => deed !== null)
  ]
  return next === undefined ? run : drained(valid, went(run, { before: run.world, move: next, lost: [] }))
}

/**
 * Runs the actions from the initial state.
 *
 * @returns the run as a trace; Q404 if an action cannot happen, with its number, counted from 1, and the reason; Q2xx if
 * a reducer of the model is wrong
 */
export const record = (
  valid: ValidModel,
  actions: ReadonlyArray<Action>,
  about: About
): either.Either<Problem, Trace> =>
  atBorder(() => {
    const takeNext = about.fill === true && valid.model.network.kind === 'fifo' ? takeOwedAnd : take
    const begun: Run = { world: initialWorld(valid), followed: [], owed: [] }
    const ran = actions.reduce<either.Either<Problem, Run>>(
      (so, action, index) =>
        either.chain((run: Run) =>
          either.mapLeft((why: string) => cannotHappen(valid, index + 1, action, why))(takeNext(valid, run, action))
        )(so),
      either.right(begun)
    )
    return either.map((run: Run): Trace => {
      const whole = about.fill === true && about.shows === 'deadlock' ? drained(valid, run) : run
      const trace: Trace = {
        quorateTrace: traceVersion,
        model: {
          name: valid.model.name,
          file: about.origin?.file ?? null,
          parameters: about.origin?.parameters ?? {}
        },
        protocol: valid.model.protocol.name,
        wireVersion: valid.model.protocol.wireVersion,
        nodes: valid.ids,
        shows: about.shows,
        property: about.property,
        explanation: null,
        start: startsOf(valid),
        steps: whole.followed.map(stepOf)
      }
      return { ...trace, explanation: explanationOf(valid, trace) }
    })(ran)
  })

/** Step `number`, counted from 1, has an action that cannot happen. */
export const cannotHappen = (valid: ValidModel, number: number, action: Action, why: string): Problem =>
  problem('Q404', `step ${number} cannot happen: ${why}`, [
    `model ${valid.model.name}`,
    `step ${number}: ${sayAction(action)}`
  ])
