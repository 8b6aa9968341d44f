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
import { add, cluster, read, remove } from './cluster.ts'

export default parametric(
  {
    peers: parameter(Positive, 3, 'nodes, at least 2'),
    crashes: parameter(Natural, 1, 'crashes with restart, of any node')
  },
  ({ peers, crashes }) =>
    model({
      name: 'peer-to-peer-observed-remove-set',
      protocol: peerToPeer(observedRemoveSet),
      nodes: cluster(peers),
      network: asynchronous(),
      faults: { crashes },
      requests: [{ ...add('a', 'n1'), times: 2 }, remove('a', 'n2'), read],
      properties: [strongEventualConsistency, nothingIsForgotten, addsWin(), removedStaysAway(), allHaveAll(3)],
      mayStop: converged
    })
)
