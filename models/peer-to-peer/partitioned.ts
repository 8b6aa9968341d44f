/** The model of a partition, of whichever kind. */
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

export const partitioned = (name: string, cuts: 'symmetric' | 'one-way') =>
  parametric(
    {
      peers: parameter(Positive, 3, 'nodes, at least 2'),
      crashes: parameter(Natural, 1, 'crashes with restart, of any node')
    },
    ({ peers, crashes }) =>
      model({
        name,
        protocol: peerToPeer(multiValue),
        nodes: cluster(peers),
        network: asynchronous(),
        faults: { crashes, partitions: { times: 1, cuts } },
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
