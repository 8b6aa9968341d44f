/** The model of a partition, of whichever kind. */
import { Natural, Positive } from '../../spec/kernel/index.ts'
import { noSplitBrain, twoBelieve, type SplitBrain } from '../../spec/split-brain/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { parameter, parametric } from '../../src/model/parameters.ts'
import { atMostViews, cluster, writes } from './cluster.ts'

export const partitioned = (name: string, cuts: 'symmetric' | 'one-way') =>
  parametric(
    {
      servers: parameter(Positive, 3, 'servers'),
      views: parameter(Positive, 2, 'the highest number of a view'),
      crashes: parameter(Natural, 1, 'crashes with restart, of any server')
    },
    ({ servers, views, crashes }) => {
      const nodes = cluster(servers, 'majority')
      return model<SplitBrain>({
        name,
        protocol: atMostViews(views),
        nodes,
        network: asynchronous(),
        faults: { crashes, partitions: { times: 1, cuts } },
        requests: writes(1, Object.keys(nodes)),
        properties: [...noSplitBrain, twoBelieve],
        mayStop: true
      })
    }
  )
