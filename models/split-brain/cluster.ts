/** What the models of split brain have in common. */
import type { NodeId, Protocol } from '../../spec/kernel/index.ts'
import { splitBrain, type Config, type Failover, type SplitBrain } from '../../spec/split-brain/index.ts'
import { nextView, type Server } from '../../spec/primary-backup/index.ts'
import { sameNodes, type Timing } from '../../src/model/model.ts'
import { allSilent } from '../../src/model/timing.ts'
import { firstView } from '../primary-backup/cluster.ts'

export { linearizable, readAt, values, writes } from '../primary-backup/cluster.ts'

/** Servers `s1` to `sN`, `s1` the first primary. */
export const cluster = (servers: number, failover: Failover): Readonly<Record<NodeId, Config>> =>
  sameNodes<Config>('s', servers, { failover, first: firstView(servers - 1) })

/** The members of its view that a server would go on without. */
const missed = (id: NodeId, state: Server): ReadonlyArray<NodeId> => {
  const next = nextView(id, state)
  if (next === null) return []
  return [state.view.primary, ...state.view.backups].filter(
    (member) => member !== id && member !== next.primary && !next.backups.includes(member)
  )
}

/** What failover by timeout hopes for: nobody is missed who is up and can be heard. */
export const silenceMeansFailure: Timing<SplitBrain> = {
  assumes: 'who is silent for too long is down or cut off',
  mayFire: (moment, { id, state }, timer) => timer !== 'silence' || allSilent(moment, id, missed(id, state))
}

/** In view `count` nobody makes another one: then nobody is missed, however long it is silent. */
export const atMostViews = (count: number, protocol = splitBrain): Protocol<SplitBrain> => ({
  ...protocol,
  step: (self, state, event) =>
    state.view.number >= count && event.type === 'timeout' && event.timer === 'silence'
      ? { rule: 'miss-nobody', state, effects: [{ type: 'start-timer', timer: 'silence' }] }
      : protocol.step(self, state, event)
})
