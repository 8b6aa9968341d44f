/** Whether a node that started again recovered what it had made durable before. */
import { canonical } from '../../model/data.ts'
import type { AnySignature, Protocol } from '../../../spec/kernel/index.ts'
import type { ReplayedRecording } from './replay.ts'

type P = AnySignature

/** What was durable after a turn, as text. */
const durableAfter = ({ codecs, durable }: Protocol<P>, state: P['state']): string =>
  canonical(codecs.durable.encode(durable(state)))

/**
 * - `same`: exactly what was durable when the earlier life ended.
 * - `cut`: what was durable before its last turn; the commit of that had not come to its end, nor had anyone seen it.
 * - `unknown`: the recording of a life that was killed does not reach to its end.
 * - `lost`: something else, though the recording is whole: what was durable is no longer there.
 */
export type Continuity = 'same' | 'cut' | 'unknown' | 'lost'

/** A node that begins anew has kept nothing: fine where its first commit did not come to its end. */
const firstTurnOnly = ({ steps, end }: ReplayedRecording): Continuity =>
  end !== 'orderly' && steps.filter(({ line }) => line.turn).length <= 1 ? 'cut' : 'lost'

/**
 * Compares the end of one life of a node with the beginning of the next.
 *
 * @param isWhole whether all that the earlier life did is in the recording, as it is where it recorded without a buffer
 */
export const continuityOf = (
  protocol: Protocol<P>,
  earlier: ReplayedRecording,
  later: ReplayedRecording,
  isWhole: boolean
): Continuity => {
  const event = later.steps[0]?.line.event
  if (event?.type === 'start') return earlier.steps.length === 0 || !isWhole ? 'unknown' : firstTurnOnly(earlier)
  if (event?.type !== 'recover') return 'unknown'
  const recovered = canonical(event.durable)
  const last = earlier.steps.at(-1)
  if (last === undefined) return 'unknown'
  if (recovered === durableAfter(protocol, last.state)) return 'same'
  const turn = earlier.steps.findLast(({ line }) => line.turn)
  const isCut = turn?.before !== undefined && recovered === durableAfter(protocol, turn.before)
  if (isCut && earlier.end !== 'orderly') return 'cut'
  return isWhole || earlier.end === 'orderly' ? 'lost' : 'unknown'
}
