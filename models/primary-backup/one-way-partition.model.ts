/** Synchronous, when some nodes are no longer heard by the others, in every way, and are heard again. */
import { Natural, Positive } from '../../spec/kernel/index.ts'
import { copiesIn, nextServes, resilience, type PrimaryBackup } from '../../spec/primary-backup/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { parameter, parametric } from '../../src/model/parameters.ts'
import { atMostViews, cluster, firstView, writes } from './cluster.ts'

export default parametric(
  {
    views: parameter(Positive, 2, 'views, the first included'),
    crashes: parameter(Natural, 0, 'crashes with restart, of any node')
  },
  ({ views, crashes }) => {
    const first = firstView(2)
    return model<PrimaryBackup>({
      name: 'primary-backup-one-way-partition',
      protocol: atMostViews(views),
      nodes: cluster(3, 'synchronous', first),
      network: asynchronous(),
      faults: { crashes, partitions: { times: 1, cuts: 'one-way' } },
      requests: writes(1, ['s1', 's2']),
      properties: [...resilience(copiesIn('synchronous')), nextServes(first)],
      mayStop: true
    })
  }
)
