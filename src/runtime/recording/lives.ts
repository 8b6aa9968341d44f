/** The lives of a node: what each of its processes recorded, over all files, and how one goes on from another. */
import { either } from 'fp-ts'
import type { AnySignature, NodeId, Protocol } from '../../../spec/kernel/index.ts'
import { sameData } from '../../model/data.ts'
import { problem, type Problem } from '../../model/problem.ts'
import { continuityOf, type Continuity } from './continuity.ts'
import type { Recording } from './lines.ts'
import { replayRecording, type ReplayedRecording, type ReplayedStep } from './replay.ts'

type P = AnySignature

/** What one process of a node did, as far as the files go back. */
export interface Life extends ReplayedRecording {
  readonly node: NodeId
  /** When its clock stood at zero, in milliseconds since 1970. */
  readonly began: number
  readonly files: ReadonlyArray<string>
  /** Whether nothing is missing at its end. */
  readonly isWhole: boolean
  readonly answers: ReadonlyArray<Answer>
  /** How it begins, compared with the end of the one before; null for the first. */
  readonly continuity: Continuity | null
}

/** What the state machine answered a client; `at` is in milliseconds since 1970. */
export interface Answer {
  readonly at: number
  readonly id: string
  readonly response: unknown
}

const answersIn = ({ head, lines }: Recording): ReadonlyArray<Answer> =>
  lines.flatMap(([, line]) =>
    line.is === 'answer' ? [{ at: head.began + line.at, id: line.id, response: line.response }] : []
  )

/** One life, from the file that goes on with it. */
const grown = (life: Life, { name }: Recording, part: Life): either.Either<Problem, Life> => {
  const last = life.steps.at(-1)
  return last !== undefined && !sameData(last.state, part.from)
    ? either.left(problem('Q723', 'it goes on from another state than the file before it ended in', [name]))
    : either.right({
        ...life,
        steps: [...life.steps, ...part.steps],
        answers: [...life.answers, ...part.answers],
        checked: life.checked + part.checked,
        end: part.end,
        files: [...life.files, name]
      })
}

/**
 * The lives of one node, in order.
 *
 * @param recordings in the order in which they were written
 * @returns Q722 to Q723, as {@link replayRecording}; Q723 also where a file does not go on from the one before
 */
const livesOf = (
  protocol: Protocol<P>,
  recordings: ReadonlyArray<Recording>
): either.Either<Problem, ReadonlyArray<Life>> => {
  const lives: Life[] = []
  for (const recording of recordings) {
    const { head, name } = recording
    const replayed = replayRecording(protocol, recording)
    if (either.isLeft(replayed)) return replayed
    const { node, began, whole: isWhole } = head
    const life: Life = {
      ...replayed.right,
      node,
      began,
      files: [name],
      isWhole,
      answers: answersIn(recording),
      continuity: null
    }
    const earlier = lives.at(-1)
    if (head.part > 0 && earlier !== undefined) {
      const longer = grown(earlier, recording, life)
      if (either.isLeft(longer)) return longer
      lives[lives.length - 1] = longer.right
    } else
      lives.push(
        earlier === undefined ? life : { ...life, continuity: continuityOf(protocol, earlier, life, earlier.isWhole) }
      )
  }
  return either.right(lives)
}

/** The steps of a life that anybody has seen: without its last turn, where the next life shows that it was not durable. */
export const visibleSteps = ({ steps }: Life, next: Life | undefined): ReadonlyArray<ReplayedStep> =>
  next?.continuity === 'cut'
    ? steps.slice(
        0,
        steps.findLastIndex(({ line }) => line.turn)
      )
    : steps

/** The lives of every node of a cluster, by node. Recordings of one node stand in the order in which they were written. */
export const livesByNode = (
  protocol: Protocol<P>,
  recordings: ReadonlyArray<Recording>
): either.Either<Problem, ReadonlyArray<ReadonlyArray<Life>>> => {
  const nodes = [...new Set(recordings.map(({ head }) => head.node))].toSorted()
  const all: Array<ReadonlyArray<Life>> = []
  for (const node of nodes) {
    const own = recordings.filter(({ head }) => head.node === node)
    const lives = livesOf(protocol, own)
    if (either.isLeft(lives)) return lives
    all.push(lives.right)
  }
  return either.right(all)
}
