/** Site failures on a synchronous network, where a crash lets those hear first who would take over last. */
import { Natural, Positive } from '../../spec/kernel/index.ts'
import {
  allDecided,
  atomicCommit,
  nobodyIsLeftUncertain,
  othersAbort,
  othersCommit,
  threePhaseCommit
} from '../../spec/three-phase-commit/index.ts'
import { fifo, model } from '../../src/model/model.ts'
import { parameter, parametric } from '../../src/model/parameters.ts'
import { cluster, endTransaction, lastFirst } from './cluster.ts'

export default parametric(
  {
    participants: parameter(Positive, 3, 'participants besides the coordinator'),
    crashes: parameter(Natural, 2, 'crashes, each with a restart; fewer than there are nodes')
  },
  ({ participants, crashes }) =>
    model({
      name: 'three-phase-commit-last-first',
      protocol: lastFirst(threePhaseCommit),
      nodes: cluster(participants),
      network: fifo(),
      faults: { crashes },
      requests: [endTransaction],
      properties: [...atomicCommit, nobodyIsLeftUncertain, ...(crashes === 0 ? [] : [othersCommit, othersAbort])],
      mayStop: allDecided
    })
)
