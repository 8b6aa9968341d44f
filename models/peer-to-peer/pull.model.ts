/** Nodes ask for what they have not seen, instead of sending what they have: the same promises. */
import { Natural, Positive } from '../../spec/kernel/index.ts'
import {
  allHaveAll,
  allHaveSiblings,
  causalConsistency,
  converged,
  multiValue,
  noAcknowledgedWriteIsLost,
  nothingIsForgotten,
  peerToPeer,
  strongEventualConsistency
} from '../../spec/peer-to-peer/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { parameter, parametric } from '../../src/model/parameters.ts'
import { cluster, read, write } from './cluster.ts'

export default parametric(
  {
    peers: parameter(Positive, 3, 'nodes, at least 2'),
    crashes: parameter(Natural, 1, 'crashes of n1 with restart')
  },
  ({ peers, crashes }) =>
    model({
      name: 'peer-to-peer-pull',
      protocol: peerToPeer(multiValue),
      nodes: cluster(peers, 'pull'),
      network: asynchronous(),
      faults: { crashes, crashing: ['n1'] },
      requests: [write('x', 'n1'), write('y', 'n2'), read],
      properties: [
        strongEventualConsistency,
        nothingIsForgotten,
        noAcknowledgedWriteIsLost(),
        causalConsistency(),
        allHaveAll(2),
        allHaveSiblings
      ],
      mayStop: converged
    })
)
