/** Synchronous: what is acknowledged survives any loss, duplication and order of messages, a crash, and failover. */
import { Natural, Positive } from '../../spec/kernel/index.ts'
import { copiesIn, nextServes, resilience, type PrimaryBackup } from '../../spec/primary-backup/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { parameter, parametric } from '../../src/model/parameters.ts'
import { atMostViews, cluster, firstView, values, writes } from './cluster.ts'

export default parametric(
  {
    backups: parameter(Natural, 2, 'backups in the first view'),
    writes: parameter(Positive, 1, 'writes, each made once'),
    views: parameter(Positive, 2, 'views, the first included'),
    crashes: parameter(Natural, 1, 'crashes with restart, of any node')
  },
  ({ backups, writes: count, views, crashes }) => {
    const first = firstView(backups)
    return model<PrimaryBackup>({
      name: 'primary-backup-synchronous',
      protocol: atMostViews(views),
      nodes: cluster(backups + 1, 'synchronous', first),
      network: asynchronous(),
      faults: { crashes },
      requests: writes(count, ['s1', 's2']),
      symmetric: [values(count)],
      properties: [...resilience(copiesIn('synchronous')), nextServes(first)],
      mayStop: true
    })
  }
)
