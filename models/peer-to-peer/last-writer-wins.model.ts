/** One register, last writer wins: replicas converge, and nobody reads a value that was written over. */
import { Natural, Positive } from '../../spec/kernel/index.ts'
import {
  allHaveAll,
  causalConsistency,
  converged,
  lastWriterWins,
  nothingIsForgotten,
  peerToPeer,
  strongEventualConsistency
} from '../../spec/peer-to-peer/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { parameter, parametric } from '../../src/model/parameters.ts'
import { mixedCluster, readAfter, write } from './cluster.ts'

export default parametric(
  {
    peers: parameter(Positive, 3, 'nodes, at least 3: the last takes no updates'),
    crashes: parameter(Natural, 1, 'crashes with restart, of any node')
  },
  ({ peers, crashes }) =>
    model({
      name: 'peer-to-peer-last-writer-wins',
      protocol: peerToPeer(lastWriterWins),
      nodes: mixedCluster(peers),
      network: asynchronous(),
      faults: { crashes },
      requests: [write('x', 'n1'), write('y', 'n2'), write('z', 'n1'), readAfter({ n1: 1 })],
      properties: [strongEventualConsistency, nothingIsForgotten, causalConsistency(), allHaveAll(3)],
      mayStop: converged
    })
)
