/** Failover by majority, with reads: to clients that write and read at different servers, it is one register. */
import { Natural, Positive } from '../../spec/kernel/index.ts'
import { twoBelieve, type SplitBrain } from '../../spec/split-brain/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { parameter, parametric } from '../../src/model/parameters.ts'
import { atMostViews, cluster, linearizable, readAt, writes } from './cluster.ts'

export default parametric(
  {
    views: parameter(Positive, 2, 'the highest number of a view'),
    crashes: parameter(Natural, 0, 'crashes with restart, of any server')
  },
  ({ views, crashes }) =>
    model<SplitBrain>({
      name: 'split-brain-majority-reads',
      protocol: atMostViews(views),
      nodes: cluster(3, 'majority'),
      network: asynchronous(),
      faults: { crashes },
      requests: [...writes(1, ['s2']), readAt('s1')],
      properties: [linearizable, twoBelieve],
      mayStop: true
    })
)
