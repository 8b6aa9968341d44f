/** The price of asynchronous replication: a write is acknowledged, the primary is replaced, and the write is gone. */
import { acknowledgedSurvive, type PrimaryBackup } from '../../spec/primary-backup/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { atMostViews, cluster, firstView, writes } from './cluster.ts'

export default model<PrimaryBackup>({
  name: 'primary-backup-asynchronous-loses-acknowledged-write',
  protocol: atMostViews(2),
  nodes: cluster(2, 'asynchronous', firstView(1)),
  network: asynchronous(),
  requests: writes(1, ['s1']),
  properties: [acknowledgedSurvive],
  mayStop: true,
  expect: { violates: 'acknowledged-writes-survive' }
})
