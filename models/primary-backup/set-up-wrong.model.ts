/** A cluster that was set up wrong: a backup takes the primary for the view service. It never takes over, and no harm is done. */
import { allHave, copiesIn, primaryBackup, resilience, type PrimaryBackup } from '../../spec/primary-backup/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { cluster, firstView, writes } from './cluster.ts'

const first = firstView(1)

export default model<PrimaryBackup>({
  name: 'primary-backup-set-up-wrong',
  protocol: primaryBackup,
  nodes: { ...cluster(2, 'synchronous', first), s2: { role: 'server', mode: 'synchronous', first, service: 's1' } },
  network: asynchronous(),
  requests: writes(1, ['s1']),
  properties: [...resilience(copiesIn('synchronous')), allHave(1)],
  mayStop: true
})
