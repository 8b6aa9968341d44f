/** Broken: failover by timeout, and a partition. Who is cut off is missed as if it were dead, on both sides. */
import { atMostOneServes, everyBackup } from '../../spec/primary-backup/index.ts'
import type { SplitBrain } from '../../spec/split-brain/index.ts'
import { between } from '../../src/model/cuts.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { atMostViews, cluster, silenceMeansFailure, writes } from './cluster.ts'

export default model<SplitBrain>({
  name: 'split-brain-timeout-makes-two-primaries',
  protocol: atMostViews(3),
  nodes: cluster(3, 'timeout'),
  network: asynchronous(),
  timing: silenceMeansFailure,
  faults: { partitions: { times: 1, cuts: [between(['s1'], ['s2', 's3'])] } },
  requests: writes(2, ['s1', 's2']),
  properties: [atMostOneServes(everyBackup)],
  mayStop: true,
  expect: { violates: 'at-most-one-primary-serves' }
})
