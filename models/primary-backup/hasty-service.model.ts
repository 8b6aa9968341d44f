/**
 * Broken: the view service takes a view for active as soon as it has accepted it, and not when all members have its log. The
 * next primary is one that was let in a moment ago, and has nothing.
 */
import type { Protocol } from '../../spec/kernel/index.ts'
import { acknowledgedSurvive, primaryBackup, type PrimaryBackup } from '../../spec/primary-backup/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { atMostViews, cluster, firstView, writes } from './cluster.ts'

const hasty: Protocol<PrimaryBackup> = {
  ...primaryBackup,
  step: (self, state, event) => {
    const moved = primaryBackup.step(self, state, event)
    return moved.state.role === 'view-service' && moved.state.proposed !== null
      ? { ...moved, state: { ...moved.state, active: moved.state.proposed, proposed: null } }
      : moved
  }
}

export default model<PrimaryBackup>({
  name: 'primary-backup-hasty-service-loses-acknowledged-write',
  protocol: atMostViews(3, hasty),
  nodes: cluster(2, 'synchronous', firstView(0)),
  network: asynchronous(),
  requests: writes(1, ['s1']),
  properties: [acknowledgedSurvive],
  mayStop: true,
  expect: { violates: 'acknowledged-writes-survive' }
})
