/** Semi-synchronous: what one backup has survives the loss of any one server, for good. */
import { Natural, Positive } from '../../spec/kernel/index.ts'
import { copiesIn, nextServes, resilience, type PrimaryBackup } from '../../spec/primary-backup/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { parameter, parametric } from '../../src/model/parameters.ts'
import { atMostViews, cluster, firstView, writes } from './cluster.ts'

export default parametric(
  {
    writes: parameter(Positive, 1, 'writes, each made once'),
    views: parameter(Positive, 3, 'views, the first included'),
    crashes: parameter(Natural, 0, 'crashes with restart, of any server'),
    crashesForGood: parameter(Natural, 1, 'crashes for good, of any server')
  },
  ({ writes: count, views, crashes, crashesForGood }) => {
    const first = firstView(2)
    return model<PrimaryBackup>({
      name: 'primary-backup-semi-synchronous',
      protocol: atMostViews(views),
      nodes: cluster(3, 'semi-synchronous', first),
      network: asynchronous(),
      faults: { crashes, crashesForGood, crashing: ['s1', 's2', 's3'] },
      requests: writes(count, ['s1', 's2']),
      properties: [...resilience(copiesIn('semi-synchronous')), nextServes(first)],
      mayStop: true
    })
  }
)
