/** Outside the assumption: failover by timeout, and a network that is slow. Nobody is dead and nothing is cut. */
import { atMostOneServes, everyBackup } from '../../spec/primary-backup/index.ts'
import type { SplitBrain } from '../../spec/split-brain/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { atMostViews, cluster } from './cluster.ts'

export default model<SplitBrain>({
  name: 'split-brain-timeout-on-slow-network-makes-two-primaries',
  protocol: atMostViews(3),
  nodes: cluster(3, 'timeout'),
  network: asynchronous(),
  properties: [atMostOneServes(everyBackup)],
  mayStop: true,
  expect: { violates: 'at-most-one-primary-serves' }
})
