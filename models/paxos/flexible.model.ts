/**
 * Flexible Paxos: two of four acceptors are enough to choose, since three must promise before ([HMS16]). A majority would
 * be three in both phases.
 */
import { Natural, Positive } from '../../spec/kernel/index.ts'
import { allLearn, allProposersKnow, consensus, learnedFrom, paxos } from '../../spec/paxos/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { parameter, parametric } from '../../src/model/parameters.ts'
import { acceptorsOf, cluster, proposals, upToBallot } from './cluster.ts'

export default parametric(
  {
    nodes: parameter(Positive, 4, 'nodes'),
    phase1Quorum: parameter(Positive, 3, 'promises that a proposer needs'),
    phase2Quorum: parameter(Positive, 2, 'acceptances that make a value chosen'),
    ballots: parameter(Positive, 2, 'the last ballot'),
    crashes: parameter(Natural, 0, 'crashes with restart, of any node')
  },
  ({ nodes, phase1Quorum, phase2Quorum, ballots, crashes }) =>
    model({
      name: 'paxos-flexible',
      protocol: paxos,
      nodes: cluster(nodes, { phase1Quorum, phase2Quorum }),
      network: asynchronous(),
      faults: { crashes },
      requests: proposals(2),
      symmetric: [acceptorsOf(nodes, 2)],
      bounds: { node: upToBallot(ballots) },
      properties: [...consensus(phase2Quorum), allLearn, learnedFrom(phase2Quorum)],
      mayStop: allProposersKnow
    })
)
