/** Broken: a server does not write to disk which view it has entered. It crashes, forgets, and enters another of its number. */
import type { Protocol } from '../../spec/kernel/index.ts'
import { recordOf } from '../../spec/primary-backup/index.ts'
import { onePerEpoch, splitBrain, type SplitBrain } from '../../spec/split-brain/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { firstView } from '../primary-backup/cluster.ts'
import { atMostViews, cluster } from './cluster.ts'

const forgettingViews: Protocol<SplitBrain> = {
  ...splitBrain,
  durable: (state) => ({ ...recordOf(state), view: firstView(2) })
}

export default model<SplitBrain>({
  name: 'split-brain-forgotten-view-makes-two-primaries-in-one-epoch',
  protocol: atMostViews(2, forgettingViews),
  nodes: cluster(3, 'majority'),
  network: asynchronous(),
  faults: { crashes: 1 },
  properties: [onePerEpoch],
  mayStop: true,
  expect: { violates: 'one-primary-per-epoch' }
})
