/** Agreement when some nodes are no longer heard by the others, in every way, and are heard again; and a crash. */
import { Natural, Positive } from '../../spec/kernel/index.ts'
import { allLearn, allProposersKnow, consensus, oneGivesWay, paxos } from '../../spec/paxos/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { parameter, parametric } from '../../src/model/parameters.ts'
import { acceptorsOf, cluster, majorityOf, proposals, upToBallot } from './cluster.ts'

export default parametric(
  {
    nodes: parameter(Positive, 3, 'nodes'),
    ballots: parameter(Positive, 2, 'the last ballot'),
    crashes: parameter(Natural, 1, 'crashes with restart, of any node')
  },
  ({ nodes, ballots, crashes }) =>
    model({
      name: 'paxos-one-way-partition',
      protocol: paxos,
      nodes: cluster(nodes),
      network: asynchronous(),
      faults: { crashes, partitions: { times: 1, cuts: 'one-way' } },
      requests: proposals(2),
      symmetric: [acceptorsOf(nodes, 2)],
      bounds: { node: upToBallot(ballots) },
      properties: [...consensus(majorityOf(nodes)), allLearn, oneGivesWay],
      mayStop: allProposersKnow
    })
)
