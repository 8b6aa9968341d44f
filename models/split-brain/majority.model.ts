/** Failover by majority, with fencing: no split brain, and nothing acknowledged is lost. */
import { Natural, Positive } from '../../spec/kernel/index.ts'
import { noSplitBrain, twoBelieve, type SplitBrain } from '../../spec/split-brain/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { parameter, parametric } from '../../src/model/parameters.ts'
import { atMostViews, cluster, values, writes } from './cluster.ts'

export default parametric(
  {
    servers: parameter(Positive, 3, 'servers'),
    writes: parameter(Positive, 1, 'writes, each made once, anywhere'),
    views: parameter(Positive, 2, 'the highest number of a view'),
    crashes: parameter(Natural, 1, 'crashes with restart, of any server')
  },
  ({ servers, writes: count, views, crashes }) => {
    const nodes = cluster(servers, 'majority')
    return model<SplitBrain>({
      name: 'split-brain-majority',
      protocol: atMostViews(views),
      nodes,
      network: asynchronous(),
      faults: { crashes },
      requests: writes(count, Object.keys(nodes)),
      symmetric: [values(count)],
      properties: [...noSplitBrain, twoBelieve],
      mayStop: true
    })
  }
)
