/** Asynchronous: backups hold a prefix of what the primary has, and have all of it when the network is quiet. */
import { Natural, Positive } from '../../spec/kernel/index.ts'
import { allHave, converged, nextServes, replication, type PrimaryBackup } from '../../spec/primary-backup/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { parameter, parametric } from '../../src/model/parameters.ts'
import { atMostViews, cluster, firstView, writes } from './cluster.ts'

export default parametric(
  {
    writes: parameter(Positive, 1, 'writes, each made once'),
    views: parameter(Positive, 2, 'views, the first included'),
    crashes: parameter(Natural, 1, 'crashes with restart, of any node')
  },
  ({ writes: count, views, crashes }) => {
    const first = firstView(2)
    return model<PrimaryBackup>({
      name: 'primary-backup-asynchronous',
      protocol: atMostViews(views),
      nodes: cluster(3, 'asynchronous', first),
      network: asynchronous(),
      faults: { crashes },
      requests: writes(count, ['s1', 's2']),
      properties: [...replication, nextServes(first), allHave(count)],
      mayStop: converged
    })
  }
)
