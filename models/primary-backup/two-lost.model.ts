/**
 * Broken: one backup must have a write, and the view service goes on without two servers: the primary and that backup. It
 * takes any one survivor for good enough, as it may where every backup has the write.
 */
import { acknowledgedSurvive, type PrimaryBackup } from '../../spec/primary-backup/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { atMostViews, cluster, firstView, writes } from './cluster.ts'

const first = firstView(2)

export default model<PrimaryBackup>({
  name: 'primary-backup-semi-synchronous-loses-write-with-two-servers',
  protocol: atMostViews(3),
  nodes: { ...cluster(3, 'semi-synchronous', first), views: { role: 'view-service', mode: 'synchronous', first } },
  network: asynchronous(),
  requests: writes(1, ['s1']),
  properties: [acknowledgedSurvive],
  mayStop: true,
  expect: { violates: 'acknowledged-writes-survive' }
})
