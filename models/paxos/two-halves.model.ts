/** Broken: Flexible Paxos with quorums of two of four in both phases. They need not share an acceptor ([HMS16]). */
import { agreement, paxos } from '../../spec/paxos/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { cluster, proposals, upToBallot } from './cluster.ts'

export default model({
  name: 'paxos-two-halves-break-agreement',
  protocol: paxos,
  nodes: cluster(4, { phase1Quorum: 2, phase2Quorum: 2 }),
  network: asynchronous(),
  requests: proposals(2),
  bounds: { node: upToBallot(2) },
  properties: [agreement(2)],
  mayStop: true,
  expect: { violates: 'agreement' }
})
