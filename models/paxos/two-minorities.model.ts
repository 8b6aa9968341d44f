/** Broken: one acceptor is enough for each proposer, and each finds another one. */
import { agreement, paxos } from '../../spec/paxos/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { cluster, proposals, upToBallot } from './cluster.ts'

export default model({
  name: 'paxos-two-minorities-break-agreement',
  protocol: paxos,
  nodes: cluster(3, { phase1Quorum: 1, phase2Quorum: 1 }),
  network: asynchronous(),
  requests: proposals(2),
  bounds: { node: upToBallot(2) },
  properties: [agreement(1)],
  mayStop: true,
  expect: { violates: 'agreement' }
})
