/** The model of a partition, of whichever kind. */
import { Natural, Positive } from '../../spec/kernel/index.ts'
import { copiesIn, nextServes, resilience, type PrimaryBackup } from '../../spec/primary-backup/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { parameter, parametric } from '../../src/model/parameters.ts'
import { atMostViews, cluster, firstView, writes } from './cluster.ts'

export const partitioned = (name: string, cuts: 'symmetric' | 'one-way') =>
  parametric(
    {
      views: parameter(Positive, 2, 'views, the first included'),
      crashes: parameter(Natural, 0, 'crashes with restart, of any node')
    },
    ({ views, crashes }) => {
      const first = firstView(2)
      return model<PrimaryBackup>({
        name,
        protocol: atMostViews(views),
        nodes: cluster(3, 'synchronous', first),
        network: asynchronous(),
        faults: { crashes, partitions: { times: 1, cuts } },
        requests: writes(1, ['s1', 's2']),
        properties: [...resilience(copiesIn('synchronous')), nextServes(first)],
        mayStop: true
      })
    }
  )
