/** A client writes at one node and reads at others, and says what it was told: it is never shown less. */
import { Natural, Positive } from '../../spec/kernel/index.ts'
import {
  allHaveAll,
  converged,
  multiValue,
  nothingIsForgotten,
  peerToPeer,
  sessionNeverGoesBack,
  strongEventualConsistency
} from '../../spec/peer-to-peer/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { parameter, parametric } from '../../src/model/parameters.ts'
import { cluster, readAfter, write } from './cluster.ts'

export default parametric(
  {
    peers: parameter(Positive, 3, 'nodes, at least 2'),
    crashes: parameter(Natural, 1, 'crashes with restart, of any node')
  },
  ({ peers, crashes }) =>
    model({
      name: 'peer-to-peer-session',
      protocol: peerToPeer(multiValue),
      nodes: cluster(peers),
      network: asynchronous(),
      faults: { crashes },
      // The acknowledgement of the only write of n1 has {n1: 1}, which the client hands on with its reads.
      requests: [write('x', 'n1'), { ...readAfter({ n1: 1 }), times: 2 }],
      properties: [strongEventualConsistency, nothingIsForgotten, sessionNeverGoesBack(), allHaveAll(1)],
      mayStop: converged
    })
)
