/**
 * Messages are lost, come twice and in any order, but nobody is suspected who is up: the decision is still one. Whoever waits
 * for a message that was lost may wait for ever.
 */
import { Natural, Positive } from '../../spec/kernel/index.ts'
import { atomicCommit, threePhaseCommit } from '../../spec/three-phase-commit/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { parameter, parametric } from '../../src/model/parameters.ts'
import { cluster, endTransaction, synchronous } from './cluster.ts'

export default parametric(
  {
    participants: parameter(Positive, 3, 'participants besides the coordinator'),
    crashes: parameter(Natural, 1, 'crashes with restart, of any site'),
    losses: parameter(Natural, 1, 'crashes for good')
  },
  ({ participants, crashes, losses }) =>
    model({
      name: 'three-phase-commit-slow-network',
      protocol: threePhaseCommit,
      nodes: cluster(participants),
      network: asynchronous(),
      timing: synchronous,
      faults: { crashes, crashesForGood: losses },
      requests: [endTransaction],
      properties: atomicCommit,
      mayStop: true
    })
)
