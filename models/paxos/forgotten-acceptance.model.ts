/** Broken: what an acceptor has accepted is not on disk. It crashes, and nobody can tell that a value was chosen. */
import type { Protocol } from '../../spec/kernel/index.ts'
import { agreement, durable, paxos, type Paxos } from '../../spec/paxos/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { cluster, majorityOf, proposals, upToBallot } from './cluster.ts'

const forgettingValues: Protocol<Paxos> = { ...paxos, durable: (state) => ({ ...durable(state), accepted: null }) }

export default model({
  name: 'paxos-forgotten-acceptance-breaks-agreement',
  protocol: forgettingValues,
  nodes: cluster(3),
  network: asynchronous(),
  faults: { crashes: 1 },
  requests: proposals(2),
  bounds: { node: upToBallot(2) },
  properties: [agreement(majorityOf(3))],
  mayStop: true,
  expect: { violates: 'agreement' }
})
