/**
 * Site failures on a synchronous network: links lose nothing and keep order, and a failure is reported after all that the
 * site had sent. Nobody waits for who has failed: all that are left decide, and who comes back learns what.
 */
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
import { cluster, endTransaction } from './cluster.ts'

export default parametric(
  {
    participants: parameter(Positive, 3, 'participants besides the coordinator'),
    crashes: parameter(Natural, 2, 'crashes, each with a restart; fewer than there are nodes')
  },
  ({ participants, crashes }) =>
    model({
      name: 'three-phase-commit',
      protocol: threePhaseCommit,
      nodes: cluster(participants),
      network: fifo(),
      faults: { crashes },
      requests: [endTransaction],
      properties: [...atomicCommit, nobodyIsLeftUncertain, ...(crashes === 0 ? [] : [othersCommit, othersAbort])],
      mayStop: allDecided
    })
)
