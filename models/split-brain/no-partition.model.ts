/** What failover by timeout hopes for: who is silent is dead, and there is no partition. Then it is right, whoever crashes. */
import { Natural, Positive } from '../../spec/kernel/index.ts'
import {
  acknowledgedStay,
  acknowledgedSurvive,
  atMostOneServes,
  backupsHoldPrefix,
  everyBackup
} from '../../spec/primary-backup/index.ts'
import type { SplitBrain } from '../../spec/split-brain/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { parameter, parametric } from '../../src/model/parameters.ts'
import { atMostViews, cluster, silenceMeansFailure, writes } from './cluster.ts'

export default parametric(
  {
    servers: parameter(Positive, 3, 'servers'),
    writes: parameter(Positive, 1, 'writes, each made once, at s1 or s2'),
    views: parameter(Positive, 3, 'the highest number of a view'),
    crashes: parameter(Natural, 1, 'crashes with restart, of any server'),
    losses: parameter(Natural, 0, 'crashes for good, of any server')
  },
  ({ servers, writes: count, views, crashes, losses }) =>
    model<SplitBrain>({
      name: 'split-brain-timeout-without-partition',
      protocol: atMostViews(views),
      nodes: cluster(servers, 'timeout'),
      network: asynchronous(),
      timing: silenceMeansFailure,
      faults: { crashes, crashesForGood: losses },
      requests: writes(count, ['s1', 's2']),
      properties: [atMostOneServes(everyBackup), acknowledgedSurvive, acknowledgedStay, backupsHoldPrefix],
      mayStop: true
    })
)
