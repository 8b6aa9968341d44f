/** Broken: a server keeps its log in memory. It crashes, comes back as the backup it was, and is made primary. */
import { emptyLog, type Protocol } from '../../spec/kernel/index.ts'
import { acknowledgedSurvive, durable, primaryBackup, type PrimaryBackup } from '../../spec/primary-backup/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { atMostViews, cluster, firstView, writes } from './cluster.ts'

const forgettingLogs: Protocol<PrimaryBackup> = {
  ...primaryBackup,
  durable: (state) => {
    const kept = durable(state)
    return kept.role === 'server' ? { ...kept, log: emptyLog, committed: 0 } : kept
  }
}

export default model<PrimaryBackup>({
  name: 'primary-backup-forgotten-log-loses-acknowledged-write',
  protocol: atMostViews(2, forgettingLogs),
  nodes: cluster(2, 'synchronous', firstView(1)),
  network: asynchronous(),
  faults: { crashes: 1, crashing: ['s2'] },
  requests: writes(1, ['s1']),
  properties: [acknowledgedSurvive],
  mayStop: true,
  expect: { violates: 'acknowledged-writes-survive' }
})
