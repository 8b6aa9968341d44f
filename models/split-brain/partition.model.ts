/** Failover by majority, when the servers split in two groups that do not hear each other, in every way, and heal. */
import { Natural, Positive } from '../../spec/kernel/index.ts'
import { noSplitBrain, twoBelieve, type SplitBrain } from '../../spec/split-brain/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { parameter, parametric } from '../../src/model/parameters.ts'
import { atMostViews, cluster, writes } from './cluster.ts'

export default parametric(
  {
    servers: parameter(Positive, 3, 'servers'),
    views: parameter(Positive, 2, 'the highest number of a view'),
    crashes: parameter(Natural, 1, 'crashes with restart, of any server')
  },
  ({ servers, views, crashes }) => {
    const nodes = cluster(servers, 'majority')
    return model<SplitBrain>({
      name: 'split-brain-majority-partition',
      protocol: atMostViews(views),
      nodes,
      network: asynchronous(),
      faults: { crashes, partitions: { times: 1, cuts: 'symmetric' } },
      requests: writes(1, Object.keys(nodes)),
      properties: [...noSplitBrain, twoBelieve],
      mayStop: true
    })
  }
)
