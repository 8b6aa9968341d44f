/**
 * Outside the assumption: a network without a bound on delay. Nobody fails, a message is slow, and a site that takes the
 * others for failed decides against them.
 */
import { agreement, threePhaseCommit } from '../../spec/three-phase-commit/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { cluster, endTransaction } from './cluster.ts'

export default model({
  name: 'three-phase-commit-wrong-suspicion-breaks-agreement',
  protocol: threePhaseCommit,
  nodes: cluster(2),
  network: asynchronous(),
  requests: [endTransaction],
  properties: [agreement],
  mayStop: true,
  expect: { violates: 'agreement' }
})
