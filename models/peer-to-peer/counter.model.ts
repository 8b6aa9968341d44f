/** A counter: replicas converge, and every increment counts once, however often replicas are merged. */
import { Natural, Positive } from '../../spec/kernel/index.ts'
import {
  allHaveAll,
  converged,
  everyIncrementCountsOnce,
  growOnlyCounter,
  nothingIsForgotten,
  peerToPeer,
  strongEventualConsistency
} from '../../spec/peer-to-peer/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { parameter, parametric } from '../../src/model/parameters.ts'
import { increment, mixedCluster, readAfter } from './cluster.ts'

export default parametric(
  {
    peers: parameter(Positive, 3, 'nodes, at least 3: the last takes no updates'),
    crashes: parameter(Natural, 1, 'crashes with restart, of any node')
  },
  ({ peers, crashes }) =>
    model({
      name: 'peer-to-peer-grow-only-counter',
      protocol: peerToPeer(growOnlyCounter),
      nodes: mixedCluster(peers),
      network: asynchronous(),
      faults: { crashes },
      requests: [increment(1, 'n1'), increment(2, 'n2'), increment(3, 'n1'), readAfter({ n1: 1 })],
      properties: [strongEventualConsistency, nothingIsForgotten, everyIncrementCountsOnce(), allHaveAll(3)],
      mayStop: converged
    })
)
