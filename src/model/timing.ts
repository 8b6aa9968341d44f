/** What assumptions about time are made of. */
import type { AnySignature, NodeId } from '../../spec/kernel/index.ts'
import type { Moment } from './model.ts'

/**
 * Whether `listener` hears none of these nodes at this moment: each is down, or a partition keeps away what it says. A
 * timer that fires only then is a perfect failure detector [CT96] for as long as there is no partition.
 */
export const allSilent = <P extends AnySignature>(
  { nodes, severed }: Moment<P>,
  listener: NodeId,
  speakers: ReadonlyArray<NodeId>
): boolean =>
  speakers.every(
    (speaker) =>
      nodes.some(({ id, up }) => id === speaker && !up) ||
      severed.some(([from, to]) => from === speaker && to === listener)
  )
