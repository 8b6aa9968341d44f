/** Broken: a new primary does not look at the logs that its backups report, and goes on with its own. */
import { emptyLog, type Protocol } from '../../spec/kernel/index.ts'
import { acknowledgedSurvive, primaryBackup, type PrimaryBackup } from '../../spec/primary-backup/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { atMostViews, cluster, firstView, writes } from './cluster.ts'

const incurious: Protocol<PrimaryBackup> = {
  ...primaryBackup,
  step: (self, state, event) =>
    event.type === 'deliver' && event.message.type === 'report'
      ? primaryBackup.step(self, state, { ...event, message: { ...event.message, log: emptyLog, committed: 0 } })
      : primaryBackup.step(self, state, event)
}

export default model<PrimaryBackup>({
  name: 'primary-backup-own-log-loses-acknowledged-write',
  protocol: atMostViews(2, incurious),
  nodes: cluster(3, 'semi-synchronous', firstView(2)),
  network: asynchronous(),
  requests: writes(1, ['s1']),
  properties: [acknowledgedSurvive],
  mayStop: true,
  expect: { violates: 'acknowledged-writes-survive' }
})
