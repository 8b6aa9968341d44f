/** Site failures on a synchronous network, where a crash lets those hear first who would take over last. */
import { Natural, Positive } from '../../spec/kernel/index.ts'
import {
  allOperationalDecided,
  atomicCommit,
  nobodyIsLeftUncertain,
  othersAbort,
  othersCommit,
  threePhaseCommit
} from '../../spec/three-phase-commit/index.ts'
import { fifo, model } from '../../src/model/model.ts'
import { parameter, parametric } from '../../src/model/parameters.ts'
import { cluster, endTransaction, lastFirst, synchronous } from './cluster.ts'

export default parametric(
  {
    participants: parameter(Positive, 2, 'participants besides the coordinator'),
    crashes: parameter(Natural, 1, 'crashes with restart, of any site'),
    losses: parameter(Natural, 1, 'crashes for good; with the others, fewer than there are sites')
  },
  ({ participants, crashes, losses }) =>
    model({
      name: 'three-phase-commit-last-first',
      protocol: lastFirst(threePhaseCommit),
      nodes: cluster(participants),
      network: fifo(),
      timing: synchronous,
      faults: { crashes, crashesForGood: losses },
      requests: [endTransaction],
      properties: [
        ...atomicCommit,
        nobodyIsLeftUncertain,
        ...(crashes + losses === 0 ? [] : [othersCommit, othersAbort])
      ],
      mayStop: allOperationalDecided
    })
)
