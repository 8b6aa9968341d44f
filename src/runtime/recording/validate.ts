/** Judges what the nodes of a cluster recorded, as one run. It is read while it is judged, so no more of it is in memory than a few turns. */
import { either } from 'fp-ts'
import { setOf, type AnySignature, type Property, type Protocol } from '../../../spec/kernel/index.ts'
import { atBorder, type Problem } from '../../model/problem.ts'
import { judging, type RunVerdict } from './judge.ts'
import type { Recording } from './lines.ts'
import { happeningsOf } from './lives.ts'
import { mergedRun, type Merged } from './merge.ts'
import { sharingLogs } from './shared-logs.ts'

type P = AnySignature

export interface ValidatedRun extends Merged {
  readonly verdict: RunVerdict
}

/**
 * Replays the recordings of a cluster and judges them.
 *
 * @param recordings those of one node in the order in which it wrote them
 * @param every of how many moments one is judged
 * @returns Q721 to Q723 where a recording does not read or replay
 */
export const validateRun = (
  protocol: Protocol<P>,
  recordings: ReadonlyArray<Recording>,
  properties: ReadonlyArray<Property<P>>,
  every = 1
): either.Either<Problem, ValidatedRun> =>
  atBorder(() => {
    const nodes = setOf(recordings.map(({ head }) => head.node))
    const shared = sharingLogs()
    const run = mergedRun(
      nodes.map((node) => [
        node,
        happeningsOf(
          protocol,
          recordings.filter(({ head }) => head.node === node),
          shared
        )
      ])
    )
    const judge = judging(protocol, nodes, properties, every)
    let next = run.next()
    for (; next.done !== true; next = run.next()) judge.take(next.value)
    return either.right({ ...next.value, verdict: judge.verdict() })
  })
