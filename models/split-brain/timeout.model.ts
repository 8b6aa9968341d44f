/** Failover by timeout: all that can happen, and two servers that take requests at the same time among it. */
import { Natural, Positive } from '../../spec/kernel/index.ts'
import { twoBelieve, type SplitBrain } from '../../spec/split-brain/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { parameter, parametric } from '../../src/model/parameters.ts'
import { atMostViews, cluster, writes } from './cluster.ts'

export default parametric(
  {
    servers: parameter(Positive, 3, 'servers'),
    views: parameter(Positive, 3, 'the highest number of a view'),
    crashes: parameter(Natural, 1, 'crashes with restart, of any server')
  },
  ({ servers, views, crashes }) =>
    model<SplitBrain>({
      name: 'split-brain-timeout',
      protocol: atMostViews(views),
      nodes: cluster(servers, 'timeout'),
      network: asynchronous(),
      faults: { crashes },
      requests: writes(1, ['s1']),
      properties: [twoBelieve],
      mayStop: true
    })
)
