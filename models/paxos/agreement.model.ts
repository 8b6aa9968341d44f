/** Proposers against each other, under loss, duplication, reordering and a crash: never two values. */
import { Natural, Positive } from '../../spec/kernel/index.ts'
import { allLearn, allProposersKnow, consensus, oneGivesWay, paxos } from '../../spec/paxos/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { parameter, parametric } from '../../src/model/parameters.ts'
import { acceptorsOf, cluster, majorityOf, proposals, upToBallot } from './cluster.ts'

export default parametric(
  {
    nodes: parameter(Positive, 3, 'nodes'),
    proposers: parameter(Positive, 2, 'nodes that are asked to propose'),
    ballots: parameter(Positive, 2, 'the last ballot'),
    crashes: parameter(Natural, 1, 'crashes with restart, of any node')
  },
  ({ nodes, proposers, ballots, crashes }) =>
    model({
      name: 'paxos',
      protocol: paxos,
      nodes: cluster(nodes),
      network: asynchronous(),
      faults: { crashes },
      requests: proposals(proposers),
      symmetric: [acceptorsOf(nodes, proposers)],
      bounds: { node: upToBallot(ballots) },
      properties: [...consensus(majorityOf(nodes)), allLearn, oneGivesWay],
      mayStop: allProposersKnow
    })
)
