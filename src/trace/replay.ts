/** A trace against its model: does every step still go as it was recorded, and does the end still show what it says? */
import { either } from 'fp-ts'
import { atBorder, problem, type Problem } from '../model/problem.ts'
import type { ValidModel } from '../model/valid.ts'
import { initialWorld, type World } from '../model/world.ts'
import { changes } from './changes.ts'
import { follow, type Followed } from './follow.ts'
import { cannotHappen, startsOf, stepOf } from './record.ts'
import { say, sayName } from './say.ts'
import { showsAt } from './shows.ts'
import type { Trace } from './trace.ts'
import { sayAction } from './words.ts'

export interface Replayed {
  readonly trace: Trace
  /**
   * Whether the end of the run shows what the trace says: the last state violates the invariant, or is the one to be
   * reached, or is a deadlock; the last step violates the step property. True for a trace that shows nothing.
   */
  readonly stillShows: boolean
}

const sayList = (names: ReadonlyArray<string>): string => (names.length === 0 ? 'none' : names.map(sayName).join(', '))

const kindsShown = { violated: ['always', 'step', 'history'], reached: ['reachable'], deadlock: [], run: [] } as const

/** Q403 if the trace cannot be about this model at all. */
export const fit = (valid: ValidModel, trace: Trace): either.Either<Problem, Trace> => {
  const { model, ids } = valid
  const misfit = (what: string) => either.left(problem('Q403', what, [`model ${model.name}`]))
  if (trace.protocol !== model.protocol.name)
    return misfit(`the trace is of protocol ${sayName(trace.protocol)}, the model of ${model.protocol.name}`)
  if (trace.nodes.join('\n') !== ids.join('\n'))
    return misfit(`the trace has the nodes ${sayList(trace.nodes)}, the model ${sayList(ids)}`)
  const kinds: ReadonlyArray<string> = kindsShown[trace.shows]
  const isKnown = model.properties.some(({ name, kind }) => name === trace.property && kinds.includes(kind))
  if (kinds.length > 0 && !isKnown)
    return misfit(`the model has no property "${sayName(trace.property ?? '')}" that can be ${trace.shows}`)
  return either.right(trace)
}

const side = (value: unknown): string => (value === undefined ? 'nothing' : say(value))

/** The first difference between what was recorded and what happens now, in the order people ask. */
const difference = (recorded: object, now: object): string | undefined => {
  const found = changes(recorded, now).toSorted((a, b) => order(a.path[0]) - order(b.path[0]))[0]
  if (found === undefined) return undefined
  const path = found.path[0] === 'after' && found.path.length > 1 ? found.path.slice(1) : found.path
  return `${path.map(sayName).join('.')}: recorded ${side(found.before)}, now ${side(found.after)}`
}

const order = (field: string | undefined): number => ['rule', 'after', 'effects', 'lost'].indexOf(field ?? '')

const differs = (valid: ValidModel, what: string, ...where: ReadonlyArray<string>): Problem =>
  problem('Q404', what, [`model ${valid.model.name}`, ...where])

const checkStart = (valid: ValidModel, trace: Trace): either.Either<Problem, World> => {
  const started = trace.start.map(({ node }) => node)
  if (started.join('\n') !== valid.ids.join('\n'))
    return either.left(differs(valid, `the nodes that start are ${sayList(started)}, now ${sayList(valid.ids)}`))
  const now = startsOf(valid)
  const compared = trace.start.map((recorded, index) => ({ recorded, said: difference(recorded, now[index] ?? {}) }))
  const wrong = compared.find(({ said }) => said !== undefined)
  return wrong === undefined
    ? either.right(initialWorld(valid))
    : either.left(differs(valid, `${sayName(wrong.recorded.node)} starts differently: ${wrong.said}`))
}

interface Reached {
  readonly world: World
  readonly last: Followed | null
}

/**
 * Runs a trace again, step by step, and compares the rule, the effects and the state of the node that acted with what
 * was recorded.
 *
 * @returns Q403 if the trace is of another protocol, other nodes or an unknown property; Q404, with the step counted from
 * 1 and the difference, if it does not apply; Q2xx if a reducer of the model is wrong
 */
export const replay = (valid: ValidModel, trace: Trace): either.Either<Problem, Replayed> =>
  atBorder(() => {
    const begun = either.chain(() => checkStart(valid, trace))(fit(valid, trace))
    const ran = trace.steps.reduce<either.Either<Problem, Reached>>(
      (so, recorded, index) =>
        either.chain(({ world }: Reached): either.Either<Problem, Reached> => {
          const followed = follow(valid, world, recorded.action)
          if (either.isLeft(followed))
            return either.left(cannotHappen(valid, index + 1, recorded.action, followed.left))
          const said = difference(recorded, stepOf(followed.right))
          return said === undefined
            ? either.right({ world: followed.right.move.next, last: followed.right })
            : either.left(
                differs(valid, `step ${index + 1} differs: ${said}`, `step ${index + 1}: ${sayAction(recorded.action)}`)
              )
        })(so),
      either.map((world: World): Reached => ({ world, last: null }))(begun)
    )
    return either.map(({ world, last }: Reached): Replayed => ({
      trace,
      stillShows: showsAt(valid, trace, world, last)
    }))(ran)
  })
