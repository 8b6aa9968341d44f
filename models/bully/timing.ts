/** The world that the bully election assumes. */
import { awaited, type Bully } from '../../spec/bully/index.ts'
import type { Timing } from '../../src/model/model.ts'
import { allSilent } from '../../src/model/timing.ts'

/**
 * [GM82] has nodes that answer within a known time or are down, so that silence means failure: patience ends only when all who
 * are awaited are down. Who is up is heard in time, so nobody needs heartbeats to know it, and none are sent.
 */
export const silenceMeansFailure: Timing<Bully> = {
  assumes: 'who is silent for too long is down',
  mayFire: (moment, { id, state }, timer) =>
    timer === 'patience' && allSilent(moment, id, awaited({ id, nodes: moment.nodes.map((node) => node.id) }, state))
}
