/** A set with adds and removes: replicas converge, adds win over concurrent removes, and what was removed stays away. */
import { Natural, Positive } from '../../spec/kernel/index.ts'
import {
  addsWin,
  allHaveAll,
  converged,
  nothingIsForgotten,
  observedRemoveSet,
  peerToPeer,
  removedStaysAway,
  strongEventualConsistency
} from '../../spec/peer-to-peer/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { parameter, parametric } from '../../src/model/parameters.ts'
import { add, mixedCluster, readAfter, remove } from './cluster.ts'

export default parametric(
  {
    peers: parameter(Positive, 3, 'nodes, at least 3: the last takes no updates'),
    crashes: parameter(Natural, 1, 'crashes with restart, of any node')
  },
  ({ peers, crashes }) =>
    model({
      name: 'peer-to-peer-observed-remove-set',
      protocol: peerToPeer(observedRemoveSet),
      nodes: mixedCluster(peers),
      network: asynchronous(),
      faults: { crashes },
      requests: [{ ...add('a', 'n1'), times: 2 }, remove('a', 'n2'), readAfter({ n1: 1 })],
      properties: [strongEventualConsistency, nothingIsForgotten, addsWin(), removedStaysAway(), allHaveAll(3)],
      mayStop: converged
    })
)
