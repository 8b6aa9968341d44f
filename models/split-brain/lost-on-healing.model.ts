/** Broken: failover by timeout, and a partition. Both sides acknowledge a write, and when it has healed, one of the two is gone. */
import { acknowledgedStay } from '../../spec/primary-backup/index.ts'
import type { SplitBrain } from '../../spec/split-brain/index.ts'
import { between } from '../../src/model/cuts.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { atMostViews, cluster, silenceMeansFailure, writes } from './cluster.ts'

export default model<SplitBrain>({
  name: 'split-brain-timeout-loses-acknowledged-write-on-healing',
  protocol: atMostViews(3),
  nodes: cluster(2, 'timeout'),
  network: asynchronous(),
  timing: silenceMeansFailure,
  faults: { partitions: { times: 1, cuts: [between(['s1'], ['s2'])] } },
  requests: writes(2, ['s1', 's2']),
  properties: [acknowledgedStay],
  mayStop: true,
  expect: { violates: 'acknowledged-writes-stay' }
})
