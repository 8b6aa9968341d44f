/** Synchronous, over three views: who was taken for dead comes back, and one that stood by comes in. */
import { Natural, Positive } from '../../spec/kernel/index.ts'
import { allHave, copiesIn, nextServes, resilience, type PrimaryBackup } from '../../spec/primary-backup/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { parameter, parametric } from '../../src/model/parameters.ts'
import { atMostViews, cluster, firstView, writes } from './cluster.ts'

export default parametric(
  {
    backups: parameter(Natural, 1, 'backups in the first view; one more server stands by'),
    views: parameter(Positive, 3, 'views, the first included'),
    crashes: parameter(Natural, 0, 'crashes with restart, of any node')
  },
  ({ backups, views, crashes }) => {
    const first = firstView(backups)
    return model<PrimaryBackup>({
      name: 'primary-backup-rejoin',
      protocol: atMostViews(views),
      nodes: cluster(backups + 2, 'synchronous', first),
      network: asynchronous(),
      faults: { crashes },
      requests: writes(1, ['s1', 's2']),
      properties: [...resilience(copiesIn('synchronous')), nextServes(first), allHave(1)],
      mayStop: true
    })
  }
)
