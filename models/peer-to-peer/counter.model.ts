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
import { cluster, increment, read } from './cluster.ts'

export default parametric(
  {
    peers: parameter(Positive, 3, 'nodes, at least 2'),
    crashes: parameter(Natural, 1, 'crashes with restart, of any node')
  },
  ({ peers, crashes }) =>
    model({
      name: 'peer-to-peer-grow-only-counter',
      protocol: peerToPeer(growOnlyCounter),
      nodes: cluster(peers),
      network: asynchronous(),
      faults: { crashes },
      requests: [increment(1, 'n1'), increment(2, 'n2'), increment(3, 'n1'), read],
      properties: [strongEventualConsistency, nothingIsForgotten, everyIncrementCountsOnce(), allHaveAll(3)],
      mayStop: converged
    })
)
