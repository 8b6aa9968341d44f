/** Whether a node that started again recovered what it had made durable before. */
import { canonical } from '../../model/data.ts'
import type { AnySignature, Protocol } from '../../../spec/kernel/index.ts'
import type { RecordedEvent } from './recorder.ts'

type P = AnySignature

/** How an earlier life of a node ended. */
export interface Ending {
  readonly state: P['state']
  /** Before its last turn; undefined where that was its first. */
  readonly beforeTurn: P['state']
  readonly isOrderly: boolean
  /** Whether all that it did is in the recording, as it is where it recorded without a buffer. */
  readonly isWhole: boolean
}

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

/** Compares the end of one life of a node with the event that the next began with. */
export const continuityOf = (
  protocol: Protocol<P>,
  { state, beforeTurn, isOrderly, isWhole }: Ending,
  began: RecordedEvent
): Continuity => {
  // A node that begins anew has kept nothing: fine where its first commit did not come to its end.
  if (began.type === 'start') return !isWhole ? 'unknown' : !isOrderly && beforeTurn === undefined ? 'cut' : 'lost'
  if (began.type !== 'recover') return 'unknown'
  const recovered = canonical(began.durable)
  if (recovered === durableAfter(protocol, state)) return 'same'
  const isCut = beforeTurn !== undefined && recovered === durableAfter(protocol, beforeTurn)
  if (isCut && !isOrderly) return 'cut'
  return isWhole || isOrderly ? 'lost' : 'unknown'
}
