/** What a node did, over all files that it wrote and all processes that it was, as one sequence. */
import type { AnySignature, NodeId, Protocol } from '../../../spec/kernel/index.ts'
import { continuityOf, type Continuity, type Ending } from './continuity.ts'
import type { Recording } from './lines.ts'
import { replaying, type ReplayedStep, type Replaying } from './replay.ts'

type P = AnySignature

/** What the state machine answered a client. */
export interface Answer {
  readonly id: string
  readonly response: unknown
}

/** Something that a node did; `at` is in milliseconds since 1970, by its own clock. */
export type Happening =
  | { readonly type: 'step'; readonly node: NodeId; readonly at: number; readonly step: ReplayedStep }
  | { readonly type: 'answer'; readonly node: NodeId; readonly at: number; readonly answer: Answer }
  /** The process of a node ended. */
  | { readonly type: 'end'; readonly node: NodeId; readonly at: number }

/** One process of a node, as far as the files go back. */
export interface Life {
  readonly node: NodeId
  readonly files: ReadonlyArray<string>
  readonly steps: number
  /** How many steps had their effects compared. */
  readonly checked: number
  /** How the process ended; null where it was killed. */
  readonly end: 'orderly' | 'failed' | null
  /** How it begins, compared with the end of the one before; null for the first, and for one that took no step. */
  readonly continuity: Continuity | null
}

const begun = ({ name, head }: Recording): Life => ({
  node: head.node,
  files: [name],
  steps: 0,
  checked: 0,
  end: null,
  continuity: null
})

/** An ending that has not come yet, as far as it is known. */
type Past = Omit<Ending, 'isOrderly'> & { readonly at: number }

/**
 * What one node did, in its order, and at the end its lives. Holds no more than one turn: whether the last turn of a life was
 * ever durable, the beginning of the next life tells; if not, nobody has seen it, and it is left out.
 *
 * @param recordings those of the node, in the order in which it wrote them
 * @throws Refusal as {@link replaying}
 */
export const happeningsOf = function* (
  protocol: Protocol<P>,
  recordings: ReadonlyArray<Recording>,
  shared?: NonNullable<Replaying['shared']>
): Generator<Happening, ReadonlyArray<Life>> {
  const lives: Life[] = []
  /** The last life that took a step. */
  let past: Past | null = null
  let wasOrderly = false
  let turn: Happening[] = []

  for (const recording of recordings) {
    const { node, part, began, whole: isWhole } = recording.head
    const earlier = part > 0 ? lives.pop() : undefined
    let life: Life =
      earlier === undefined ? begun(recording) : { ...earlier, files: [...earlier.files, recording.name] }
    const before: unknown = earlier === undefined ? undefined : past?.state
    for (const told of replaying(protocol, recording, { before, ...(shared === undefined ? {} : { shared }) })) {
      if (told.type === 'end') {
        wasOrderly = told.isOrderly
        life = { ...life, end: told.isOrderly ? 'orderly' : 'failed' }
      } else if (told.type === 'answer') {
        const { at, id, response } = told.line
        turn.push({ type: 'answer', node, at: began + at, answer: { id, response } })
      } else if (told.type === 'step') {
        const { step } = told
        const at = began + step.line.at
        if (life.steps === 0 && past !== null) {
          const continuity = continuityOf(protocol, { ...past, isOrderly: wasOrderly }, step.line.event)
          yield* continuity === 'cut' ? turn.filter(({ type }) => type !== 'step') : turn
          yield { type: 'end', node, at: past.at }
          turn = []
          past = null
          life = { ...life, continuity }
        }
        if (step.line.turn) {
          yield* turn
          turn = []
        }
        wasOrderly = false
        const beforeTurn: unknown = step.line.turn || past === null ? step.before : past.beforeTurn
        past = { state: step.state, beforeTurn, isWhole, at }
        turn.push({ type: 'step', node, at, step })
        life = { ...life, steps: life.steps + 1, checked: life.checked + (step.line.check === null ? 0 : 1) }
      }
    }
    lives.push(life)
  }
  yield* turn
  if (past !== null) yield { type: 'end', node: lives[0]?.node ?? '', at: past.at }
  return lives
}
