/** Reads: to clients that write and read at two servers, through failover, it is one register. */
import { Natural, Positive } from '../../spec/kernel/index.ts'
import { Mode, nextServes, type PrimaryBackup } from '../../spec/primary-backup/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { parameter, parametric } from '../../src/model/parameters.ts'
import { atMostViews, cluster, firstView, linearizable, readAt, writes } from './cluster.ts'

export default parametric(
  {
    mode: parameter<Mode>(Mode, 'synchronous', 'synchronous, chain, semi-synchronous or asynchronous'),
    backups: parameter(Natural, 1, 'backups in the first view'),
    views: parameter(Positive, 2, 'views, the first included'),
    crashes: parameter(Natural, 1, 'crashes with restart, of any node')
  },
  ({ mode, backups, views, crashes }) => {
    const first = firstView(backups)
    return model<PrimaryBackup>({
      name: 'primary-backup-reads',
      protocol: atMostViews(views),
      nodes: cluster(backups + 1, mode, first),
      network: asynchronous(),
      faults: { crashes },
      requests: [...writes(1, ['s1', 's2']), readAt('s1'), readAt('s2')],
      properties: [linearizable, nextServes(first)],
      mayStop: true
    })
  }
)
