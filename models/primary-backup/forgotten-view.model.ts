/**
 * Broken: a server does not write to disk which view it has entered. It crashes, is back in the view before, and confirms
 * a write to the primary of that view: but its report to the next primary did not have the write in it.
 */
import type { Protocol } from '../../spec/kernel/index.ts'
import { acknowledgedSurvive, durable, primaryBackup, type PrimaryBackup } from '../../spec/primary-backup/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { atMostViews, cluster, firstView, writes } from './cluster.ts'

const first = firstView(2)

const forgettingViews: Protocol<PrimaryBackup> = {
  ...primaryBackup,
  durable: (state) => {
    const kept = durable(state)
    return kept.role === 'server' ? { ...kept, view: first } : kept
  }
}

export default model<PrimaryBackup>({
  name: 'primary-backup-forgotten-view-loses-acknowledged-write',
  protocol: atMostViews(2, forgettingViews),
  nodes: cluster(3, 'semi-synchronous', first),
  network: asynchronous(),
  faults: { crashes: 1, crashing: ['s3'] },
  requests: writes(1, ['s1']),
  properties: [acknowledgedSurvive],
  mayStop: true,
  expect: { violates: 'acknowledged-writes-survive' }
})
