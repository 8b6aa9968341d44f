/** What the models of split brain have in common. */
import type { NodeId, Protocol } from '../../spec/kernel/index.ts'
import { splitBrain, type Config, type Failover, type SplitBrain } from '../../spec/split-brain/index.ts'
import { sameNodes } from '../../src/model/model.ts'
import { firstView } from '../primary-backup/cluster.ts'

export { linearizable, readAt, writes } from '../primary-backup/cluster.ts'

/** Servers `s1` to `sN`, `s1` the first primary. */
export const cluster = (servers: number, failover: Failover): Readonly<Record<NodeId, Config>> =>
  sameNodes<Config>('s', servers, { failover, first: firstView(servers - 1) })

/** In view `count` nobody makes another one: then nobody is missed, however long it is silent. */
export const atMostViews = (count: number, protocol = splitBrain): Protocol<SplitBrain> => ({
  ...protocol,
  step: (self, state, event) =>
    state.view.number >= count && event.type === 'timeout' && event.timer === 'silence'
      ? { rule: 'miss-nobody', state, effects: [{ type: 'start-timer', timer: 'silence' }] }
      : protocol.step(self, state, event)
})
